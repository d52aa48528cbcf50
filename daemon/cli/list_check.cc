#include "daemon/cli/list_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/cli/verb.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kReasonsShown = 5;
// Rows that wait for their answers: far more than it takes to keep the daemon
// busy, unless rows are of the longest.
constexpr std::size_t kMaxWaiting = 8u << 20;  // bytes

// What a daemon takes in one request, as its "hello" says.
struct Bounds {
  std::size_t bytes = 0;
  std::size_t addresses = 0;
};

Result<Bounds> BoundsOf(Asker& asker) {
  const auto hello = asker.Ask({{"verb", "hello"}});
  if (!hello) return hello.error();
  const auto number = [&](std::string_view key) -> std::size_t {
    const json::value* value = hello->if_contains(key);
    json::error_code error;
    return value == nullptr ? 0 : value->to_number<std::size_t>(error);
  };
  return Bounds{number("max_request"), number("max_addresses")};
}

// Of a text without control characters, which need more than a backslash.
std::size_t SizeInRequest(std::string_view text) {
  const auto escaped = std::count_if(
      text.begin(), text.end(), [](char c) { return c == '"' || c == '\\'; });
  return text.size() + static_cast<std::size_t>(escaped) + 3;  // "",
}

// Makes requests of rows, and brings the answers back to them.
class Batches {
 public:
  Batches(ListReader& reader, Bounds bounds, const json::object& request,
          const std::function<void(const CheckedRow&)>& each)
      : reader_(reader), bounds_(bounds), each_(each), request_(request) {
    request_["addresses"] = json::array();
    bounds_.bytes -= std::min(bounds_.bytes, json::serialize(request_).size());
  }

  // The next request; nullopt behind the last row, and while those that wait
  // are too much. A list may come slowly: it is waited for only when there is
  // nothing to ask and no answer to take.
  Result<std::optional<json::object>> Next() {
    if (waiting_ >= kMaxWaiting) return std::optional<json::object>();
    Batch batch;
    json::array addresses;
    std::size_t room = bounds_.bytes;
    while (addresses.size() < bounds_.addresses && waiting_ < kMaxWaiting) {
      const auto there = FillNext(batches_.empty() && batch.empty());
      if (!there) return there.error();
      if (!next_) break;
      // What cannot be asked is asked as nothing, which is no address either:
      // so a batch has a result for each of its rows.
      std::string_view address = next_->listed.address;
      if (!next_->listed.error.empty()) address = {};
      const std::size_t size = SizeInRequest(address);
      if (size > room) break;
      room -= size;
      addresses.emplace_back(address);
      waiting_ += next_->Size();
      batch.push_back(*std::exchange(next_, std::nullopt));
    }
    if (batch.empty() && next_) {
      return Error(ErrorCode::kLimit, "there is no room in a request for it",
                   next_->listed.address);
    }
    if (batch.empty()) return std::optional<json::object>();
    batches_.push_back(std::move(batch));
    json::object request = request_;
    request["addresses"] = std::move(addresses);
    return std::optional<json::object>(std::move(request));
  }

  // The answer to the oldest request that has none.
  Result<void> Take(const json::object& answer) {
    const Batch batch = std::move(batches_.front());
    batches_.pop_front();
    const json::value* results = answer.if_contains("results");
    if (results == nullptr || !results->is_array() ||
        results->get_array().size() != batch.size()) {
      return Error(ErrorCode::kUnavailable, "not a result for each address");
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      waiting_ -= batch[i].Size();
      const json::value& result = results->get_array()[i];
      Hand(batch[i], result.is_object() ? result.get_object() : json::object());
    }
    return {};
  }

 private:
  struct Waiting {
    ListedRow listed;
    const std::string* file;

    std::size_t Size() const {
      return listed.row.bytes.size() + listed.address.size();
    }
  };
  using Batch = std::vector<Waiting>;

  Result<void> FillNext(bool may_wait) {
    if (next_) return {};
    auto row = reader_.Next(may_wait);
    if (!row) return row.error();
    if (*row) next_ = Waiting{*std::move(*row), &reader_.file_name()};
    return {};
  }

  void Hand(const Waiting& row, const json::object& result) const {
    if (row.listed.error.empty()) {
      return each_({row.listed, *row.file, AdviceOf(result), result});
    }
    each_({row.listed, *row.file, Advice::kInvalid,
           InvalidResult(row.listed.address, row.listed.error)});
  }

  ListReader& reader_;
  Bounds bounds_;
  const std::function<void(const CheckedRow&)>& each_;
  json::object request_;
  std::optional<Waiting> next_;  // read, and in no batch yet
  std::deque<Batch> batches_;    // asked, and not answered
  std::size_t waiting_ = 0;      // bytes of batches_
};

}  // namespace

std::string_view AdviceName(Advice advice) {
  return kAdviceNames[static_cast<std::size_t>(advice)];
}

Advice AdviceOf(const json::object& result) {
  const json::value* suppressed = result.if_contains("suppressed");
  if (suppressed == nullptr || !suppressed->is_bool()) return Advice::kInvalid;
  if (suppressed->get_bool()) return Advice::kSuppressed;
  return TextField(result, "state") == "held" ? Advice::kHeld
                                              : Advice::kSendable;
}

json::object InvalidResult(std::string_view address, std::string_view error) {
  return {{"address", Printable(address, limits::kAddressUtf8)},
          {"error", error}};
}

void CheckCounts::Add(Advice advice, std::string_view reason) {
  ++counts_[static_cast<std::size_t>(advice)];
  if (advice != Advice::kSuppressed) return;
  const auto known = reasons_.find(reason);
  if (known != reasons_.end()) {
    ++known->second;
  } else {
    reasons_.emplace(reason, 1);
  }
}

std::string CheckCounts::Summary() const {
  std::uint64_t sum = 0;
  std::string kinds;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    sum += counts_[i];
    kinds += fmt::format("{} {} {}", i == 0 ? ":" : ",", counts_[i],
                         kAdviceNames[i]);
  }
  std::string text =
      fmt::format("{} address{}{}\n", sum, sum == 1 ? "" : "es", kinds);
  std::vector<std::pair<std::uint64_t, std::string_view>> most;
  for (const auto& [reason, count] : reasons_) most.emplace_back(count, reason);
  std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) {
    return a.first > b.first;
  });
  for (std::size_t i = 0; i < std::min(kReasonsShown, most.size()); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "suppressed: " : ", ",
                        most[i].first, most[i].second);
  }
  if (most.size() > kReasonsShown) text += ", and others";
  return most.empty() ? text : text + "\n";
}

Result<void> CheckList(Asker& asker, ListReader& reader,
                       const json::object& request,
                       const std::function<void(const CheckedRow&)>& each) {
  const auto bounds = BoundsOf(asker);
  if (!bounds) return bounds.error();
  Batches batches(reader, *bounds, request, each);
  return asker.AskAll(
      [&] { return batches.Next(); },
      [&](const json::object& answer) { return batches.Take(answer); });
}

}  // namespace postbounce
