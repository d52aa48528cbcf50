// What has changed since an export, put into it, is the export of now: whatever
// has happened, and whatever part of the list is asked for.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/export_rows.h"
#include "daemon/export_service.h"
#include "daemon/open_store.h"
#include "daemon/service.h"
#include "tests/store/permutation_world.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Timestamp kBegin{std::chrono::seconds(1'795'220'876)};
constexpr int kSeeds = 12;
constexpr int kRounds = 12;

// By address and scope: the row, and whom of a domain it is not about.
using Places = std::map<std::pair<std::string, std::string>, std::string>;

struct Read {
  Places added;
  std::set<Places::key_type> removed;
  std::size_t rows = 0;
  std::string mark;
};

class ExportChangesTest : public ::testing::Test {
 protected:
  ExportChangesTest() { Open("db"); }

  void Open(const std::string& name) {
    reader_.reset();
    store_.reset();
    std::string config = "[store]\npath = \"";
    config.append(dir_ / name).append("\"\nsite_key = \"");
    config.append(dir_ / "key").append("\"\n");
    store_ = OpenStore(ParseConfig(config, "a").value()).value();
    reader_ = store_->OpenReader().value();
    store_->Use(PolicyWithoutProof());
  }

  void Apply(const Write& write) {
    ASSERT_TRUE(store_->Apply({&write, 1}, now_).value().at(0));
  }

  Order OrderOf(OrderKind kind, const std::string& subject) const {
    Order order;
    order.kind = kind;
    order.subjects.push_back(Subject::Parse(subject).value());
    order.actor = "ann";
    return order;
  }

  std::string Someone(Dice* dice) {
    const std::string domain = dice->Pick({"a.test", "b.test", "\u00fc.test"});
    std::string who;
    if (!dice->OneIn(5)) who = dice->Pick({"joe", "ann", "Bob", "eve", "x"});
    return who.append("@").append(domain);
  }

  std::optional<Timestamp> Some(Dice* dice) {
    if (dice->OneIn(2)) return std::nullopt;
    return now_ + milliseconds(1 + dice->Below(72 * 3'600'000));
  }

  // One thing happens.
  void Happen(Dice* dice) {
    const std::string who = Someone(dice);
    switch (dice->Below(8)) {
      case 0:
      case 1:
      case 2: {
        Order order = OrderOf(OrderKind::kSuppress, who);
        order.reason = dice->Pick(
            {Reason::kNoSuchUser, Reason::kComplaint, Reason::kMailboxFull});
        order.until = Some(dice);
        if (who[0] != '@' && dice->OneIn(3)) order.scope = "shop";
        return Apply(order);
      }
      case 3:
        return Apply(OrderOf(OrderKind::kRemove, who));
      case 4: {
        Order order = OrderOf(OrderKind::kAllow, who);
        order.until = Some(dice);
        return Apply(order);
      }
      case 5:
        return Apply(OrderOf(OrderKind::kDisallow, who));
      case 6: {
        Undo undo;
        undo.actor = "ann";
        undo.filter.since = now_ - hours(dice->Below(20));
        return Apply(undo);
      }
      default:
        return Apply(PassTime());
    }
  }

  // All pages, of few rows each.
  Read Export(json::object request, std::size_t limit) {
    request["rows"] = true;
    request["limit"] = limit;
    Read read;
    std::set<std::pair<std::string, std::string>> seen;
    for (;;) {
      const auto answer = AnswerExport(request, reader_.get(), now_).value();
      if (read.mark.empty()) read.mark = answer.at("mark").as_string();
      std::string_view rest = answer.at("rows").as_string();
      ExportRow row;
      while (TakeExportRow(&rest, &row)) {
        ++read.rows;
        const Places::key_type place{row.address, row.scope};
        if (!seen.emplace(row.number, row.scope).second &&
            !row.number.empty()) {
          continue;
        }
        if (row.change == kToRemove) {
          read.removed.insert(place);
          continue;
        }
        std::string text(row.reason);
        text.append(" ").append(row.since).append(" ").append(row.until);
        const auto* except =
            answer.at("except").as_object().if_contains(row.address);
        if (except != nullptr) text.append(json::serialize(*except));
        EXPECT_TRUE(read.added.emplace(place, text).second);
      }
      const std::string cursor(answer.at("cursor").as_string());
      if (cursor.empty()) return read;
      request["cursor"] = cursor;
      if (request.contains("from")) request["to"] = read.mark;
    }
  }

  TempDir dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
  Timestamp now_ = kBegin;
};

const char* const kRequests[] = {
    "{}",
    R"({"scope":""})",
    R"({"scope":"shop"})",
    R"({"reason":"complaint"})",
    R"({"class":"soft"})",
    R"({"domain":"b.test"})",
    R"({"since":"2026-11-22"})",
};

TEST_F(ExportChangesTest, WithThemAnOldExportIsTheNewOne) {
  for (int seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Open(std::to_string(seed));
    now_ = kBegin;
    Dice dice(static_cast<unsigned>(seed));
    std::map<std::string, std::pair<Places, std::string>> files;
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = dice.Below(6); i > 0; --i) {
        Happen(&dice);
        now_ += milliseconds(dice.Below(2 * 3'600'000));
      }
      now_ += milliseconds(dice.Below(30 * 3'600'000));
      for (const char* text : kRequests) {
        SCOPED_TRACE(text);
        auto request = json::parse(text).as_object();
        const Read all = Export(request, 1 + dice.Below(9));
        auto& [file, mark] = files[text];
        if (round > 0) {
          request["from"] = mark;
          const Read changes = Export(request, 1 + dice.Below(3));
          for (const auto& place : changes.removed) file.erase(place);
          for (const auto& [place, row] : changes.added) file[place] = row;
          ASSERT_EQ(file, all.added);
        }
        file = all.added;
        mark = all.mark;
      }
    }
  }
}

TEST_F(ExportChangesTest, WithoutAnyThereAreNoRows) {
  Order order = OrderOf(OrderKind::kSuppress, "joe@a.test");
  order.until = now_ + hours(2);
  Apply(order);
  const Read before = Export({}, 10);
  now_ += hours(1);
  EXPECT_EQ(Export({{"from", before.mark}}, 10).rows, 0u);
  now_ += hours(1);
  const Read after = Export({{"from", before.mark}}, 10);
  EXPECT_EQ(after.rows, 1u);
  EXPECT_EQ(after.removed.size(), 1u);
  EXPECT_EQ(Export({{"from", after.mark}}, 10).rows, 0u);
}

TEST_F(ExportChangesTest, ANumberIsAMarkToo) {
  Apply(OrderOf(OrderKind::kSuppress, "joe@a.test"));
  const std::string first = Export({}, 10).mark;
  now_ += hours(1);
  Apply(OrderOf(OrderKind::kSuppress, "ann@a.test"));
  const std::string number = first.substr(0, first.find('.'));
  EXPECT_EQ(Export({{"from", number}}, 10).added.size(), 1u);
  EXPECT_EQ(Export({{"from", "0"}}, 10).added.size(), 2u);
}

TEST_F(ExportChangesTest, AMarkOfAnotherListIsRefused) {
  Apply(OrderOf(OrderKind::kSuppress, "joe@a.test"));
  const std::string mark = Export({}, 10).mark;
  const auto code = [this](const std::string& from) {
    const auto answer =
        AnswerExport({{"rows", true}, {"from", from}}, reader_.get(), now_);
    return answer ? std::optional<ErrorCode>() : answer.error().code();
  };
  EXPECT_EQ(code(mark), std::nullopt);
  EXPECT_EQ(code("2"), ErrorCode::kNotFound);
  for (const char* text : {"x", "1.", "1.2", "-1", "1.x.3", "1.2.3 ", "1.2.3.4",
                           "99999999999999999999"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(code(text), ErrorCode::kSyntax);
  }
  // The same key, and the same number of changes.
  Open("other");
  EXPECT_EQ(code(mark), ErrorCode::kNotFound);
  now_ += hours(1);
  Apply(OrderOf(OrderKind::kSuppress, "joe@a.test"));
  EXPECT_EQ(code(mark), ErrorCode::kNotFound);
  EXPECT_EQ(code("1"), std::nullopt);
}

TEST_F(ExportChangesTest, ACursorThatNobodyGaveIsRefused) {
  Apply(OrderOf(OrderKind::kSuppress, "joe@a.test"));
  for (const char* cursor :
       {"c", "c1", "x1.2", "c1.2x", "c-1.2", "1", "e99999999999999999999.1"}) {
    SCOPED_TRACE(cursor);
    const auto answer =
        AnswerExport({{"rows", true}, {"from", "0"}, {"cursor", cursor}},
                     reader_.get(), now_);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kSyntax);
  }
}

}  // namespace
}  // namespace postbounce
