#include "tests/bench/log_shapes.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <queue>
#include <string_view>
#include <vector>

#include "tests/bench/log_text.h"
#include "tests/bench/log_words.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kAddresses = 1'000'000;
constexpr std::uint64_t kSenders = 20;
constexpr std::uint64_t kSenderDomains = 5;
constexpr double kLinesPerMessage = 5.35;
constexpr double kDeferredShare = 0.15;  // of attempts
constexpr double kBouncedShare = 0.046;  // of the others: of messages
constexpr std::int64_t kSecond = kMicroseconds;
constexpr std::size_t kWriteSize = 1u << 20;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(Mix(seed)) {}
  std::uint64_t Next() { return Mix(++state_); }
  std::uint64_t Below(std::uint64_t end) { return Next() % end; }
  double Share() { return Fraction(Next()); }

 private:
  std::uint64_t state_;
};

struct Message {
  std::string id;
  std::int64_t arrival = 0;
  std::uint64_t sender = 0;
  std::uint64_t recipient = 0;
  std::uint64_t size = 0;
};

enum class Step : std::uint8_t { kMessageId, kQueued, kAttempt, kRemoved };

struct Event {
  std::int64_t time = 0;  // in microseconds
  std::uint64_t order = 0;
  std::size_t message = 0;
  Step step = Step::kMessageId;
  bool operator>(const Event& other) const {
    return time != other.time ? time > other.time : order > other.order;
  }
};

class ShapeWriter {
 public:
  ShapeWriter(const std::string& path, const LogShape& shape)
      : shape_(shape), random_(shape.seed), file_(path, std::ios::binary) {}

  ShapeTotals Write();

 private:
  void Begin(std::int64_t time, std::string_view program);
  void End();
  void Schedule(std::int64_t time, std::size_t message, Step step) {
    events_.push({time, order_++, message, step});
  }
  std::int64_t Within(std::int64_t microseconds) {
    return static_cast<std::int64_t>(
        random_.Below(static_cast<std::uint64_t>(microseconds)));
  }
  void AddId(std::string* id, std::int64_t time);
  void AddReply(const Message& message, std::string_view text);
  void AddSender(std::uint64_t sender);
  void Arrive(std::int64_t time);
  void NameMessage(const Event& event);
  void Queue(const Event& event);
  void Attempt(const Event& event);
  void AddAttempt(const Event& event, const LoggedReply& reply,
                  std::string_view status);
  void Remove(const Event& event);

  const LogShape shape_;
  Random random_;
  std::ofstream file_;
  std::string out_;
  std::uint64_t lines_ = 0;
  ShapeTotals totals_;
  std::vector<Message> messages_;
  std::vector<std::size_t> unused_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  StampText stamp_;
};

ShapeTotals ShapeWriter::Write() {
  const auto microseconds = [](std::chrono::seconds time) {
    return static_cast<std::int64_t>(time.count()) * kSecond;
  };
  const double messages = static_cast<double>(shape_.lines) / kLinesPerMessage;
  const double gap = static_cast<double>(microseconds(shape_.span)) / messages;
  double next =
      static_cast<double>(microseconds(shape_.begin.time_since_epoch()));
  while (lines_ < shape_.lines) {
    if (events_.empty() || static_cast<double>(events_.top().time) > next) {
      Arrive(static_cast<std::int64_t>(next));
      next += gap * 2 * random_.Share();
      continue;
    }
    const Event event = events_.top();
    events_.pop();
    switch (event.step) {
      case Step::kMessageId:
        NameMessage(event);
        break;
      case Step::kQueued:
        Queue(event);
        break;
      case Step::kAttempt:
        Attempt(event);
        break;
      case Step::kRemoved:
        Remove(event);
        break;
    }
  }
  file_ << out_;
  file_.close();
  totals_.bytes += out_.size();
  if (!file_) {
    std::fprintf(stderr, "cannot write the log\n");
    std::exit(1);
  }
  return totals_;
}

// "Nov 21 00:11:23 out postfix/smtp[21833]: "
void ShapeWriter::Begin(std::int64_t time, std::string_view program) {
  stamp_.Add(&out_, time, shape_.is_iso);
  out_ += shape_.is_iso ? " vm postfix/" : " out postfix/";
  out_ += program;
  out_ += '[';
  const bool is_one = program == "qmgr";
  AddNumber(&out_,
            20'000 + program.size() * 100 + (is_one ? 0 : random_.Below(30)));
  out_ += "]: ";
}

void ShapeWriter::End() {
  out_ += '\n';
  ++lines_;
  if (out_.size() < kWriteSize) return;
  file_ << out_;
  totals_.bytes += out_.size();
  out_.clear();
}

// A file system gives the inode of a message that is gone to the next one.
void ShapeWriter::AddId(std::string* id, std::int64_t time) {
  const std::uint64_t inode = 0xA84800 + totals_.messages % 8192;
  const auto part = static_cast<std::uint64_t>(time % kSecond);
  if (shape_.is_iso) {
    AddBased(id, static_cast<std::uint64_t>(time / kSecond), 52, 6);
    AddBased(id, part, 52, 4);
    *id += 'z';
    AddBased(id, inode, 51, 1);
  } else {
    AddBased(id, part, 16, 5);
    AddBased(id, inode, 16, 1);
  }
}

void ShapeWriter::AddSender(std::uint64_t sender) {
  out_ += "bounces-";
  AddNumber(&out_, sender);
  out_ += "@news";
  AddNumber(&out_, sender % kSenderDomains);
  out_ += ".sender.example";
}

void ShapeWriter::Arrive(std::int64_t time) {
  if (unused_.empty()) {
    unused_.push_back(messages_.size());
    messages_.emplace_back();
  }
  const std::size_t index = unused_.back();
  unused_.pop_back();
  Message& message = messages_[index];
  message.id.clear();
  AddId(&message.id, time);
  message.arrival = time;
  message.sender = Zipf(random_.Next(), kSenders);
  message.recipient = Zipf(random_.Next(), kAddresses);
  message.size = 2000 + random_.Below(60'000);
  ++totals_.messages;
  Begin(time, "smtpd");
  out_ += message.id;
  out_ += ": client=app";
  AddNumber(&out_, message.sender % kSenderDomains);
  out_ += ".sender.example[192.0.2.";
  AddNumber(&out_, message.sender % kSenderDomains + 10);
  out_ += ']';
  End();
  Schedule(time + Within(20'000), index, Step::kMessageId);
}

void ShapeWriter::NameMessage(const Event& event) {
  const Message& message = messages_[event.message];
  Begin(event.time, "cleanup");
  out_ += message.id;
  out_ += ": message-id=<";
  AddNumber(&out_, static_cast<std::uint64_t>(message.arrival / kSecond));
  out_ += '.';
  out_ += message.id;
  out_ += "@app";
  AddNumber(&out_, message.sender % kSenderDomains);
  out_ += ".sender.example>";
  End();
  Schedule(event.time + Within(20'000), event.message, Step::kQueued);
}

void ShapeWriter::Queue(const Event& event) {
  const Message& message = messages_[event.message];
  Begin(event.time, "qmgr");
  out_ += message.id;
  out_ += ": from=<";
  AddSender(message.sender);
  out_ += ">, size=";
  AddNumber(&out_, message.size);
  out_ += ", nrcpt=1 (queue active)";
  End();
  Schedule(event.time + 50'000 + Within(3 * kSecond), event.message,
           Step::kAttempt);
}

void ShapeWriter::Attempt(const Event& event) {
  if (random_.Share() < kDeferredShare) {
    ++totals_.deferred;
    AddAttempt(event, kDeferred[random_.Below(kDeferred.size())], "deferred");
    Schedule(event.time + 300 * kSecond + Within(1000 * kSecond), event.message,
             Step::kQueued);
    return;
  }
  if (random_.Share() < kBouncedShare) {
    ++totals_.bounced;
    AddAttempt(event, kBounced[random_.Below(kBounced.size())], "bounced");
  } else {
    ++totals_.sent;
    const LoggedReply reply{"2.0.0", true, kSent[random_.Below(kSent.size())]};
    AddAttempt(event, reply, "sent");
  }
  Schedule(event.time + Within(2000), event.message, Step::kRemoved);
}

void ShapeWriter::AddAttempt(const Event& event, const LoggedReply& reply,
                             std::string_view status) {
  const Message& message = messages_[event.message];
  const std::int64_t delay = event.time - message.arrival;
  const std::int64_t sending = std::min(delay, 10'000 + Within(1'500'000));
  const std::int64_t connecting = std::min(delay - sending, Within(400'000));
  Begin(event.time, "smtp");
  out_ += message.id;
  out_ += ": to=<";
  AddAddress(&out_, message.recipient);
  out_ += ">, relay=";
  if (reply.connected) {
    AddHost(&out_, DomainOf(message.recipient));
    out_ += ":25";
  } else {
    out_ += "none";
  }
  out_ += ", delay=";
  AddSeconds(&out_, delay);
  out_ += ", delays=";
  AddSeconds(&out_, delay - sending - connecting);
  out_ += "/0.01/";
  AddSeconds(&out_, connecting);
  out_ += '/';
  AddSeconds(&out_, sending);
  out_ += ", dsn=";
  out_ += reply.dsn;
  out_ += ", status=";
  out_ += status;
  out_ += " (";
  AddReply(message, reply.text);
  out_ += ')';
  End();
}

void ShapeWriter::AddReply(const Message& message, std::string_view text) {
  for (char c : text) {
    if (c == '@') {
      AddAddress(&out_, message.recipient);
    } else if (c == '%') {
      AddHost(&out_, DomainOf(message.recipient));
    } else if (c == '#') {
      AddBased(&out_, random_.Next() >> 20, 16, 11);
    } else {
      out_ += c;
    }
  }
}

void ShapeWriter::Remove(const Event& event) {
  Begin(event.time, "qmgr");
  out_ += messages_[event.message].id;
  out_ += ": removed";
  End();
  unused_.push_back(event.message);
}

}  // namespace

std::string LogAddress(std::uint64_t rank) {
  std::string address;
  AddAddress(&address, rank);
  return address;
}

ShapeTotals WriteLog(const std::string& path, const LogShape& shape) {
  return ShapeWriter(path, shape).Write();
}

}  // namespace postbounce
