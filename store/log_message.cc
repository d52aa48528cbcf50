#include "store/log_message.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "store/codec.h"
#include "store/keys.h"
#include "store/log_batch.h"
#include "store/varint.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kVersion = 1;

// What is there, so that absent texts cost nothing.
enum Flag : std::uint64_t {
  kHasSender = 1,
  kHasMessageId = 2,
  kHasClient = 4,
  kHasSaslUser = 8,
  kIsLocal = 16,
  kIsRemote = 32,
  kHasPreviousId = 64,
  kHasSize = 128,
  kIsRemoved = 256,
  kHasNotices = 512,
  kKeepLines = 1024,
  kIsWhole = 2048,
  kIsCopy = 4096,
};

enum AttemptFlag : std::uint64_t {
  kIsExpired = 1,
  kIsProbe = 2,
  kHasOriginal = 4,
};

std::int64_t Count(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp TimeOf(std::int64_t count) {
  return Timestamp(std::chrono::milliseconds(count));
}

std::uint64_t FlagsOf(const LogMessage& message) {
  std::uint64_t flags = 0;
  const auto set = [&](bool is_set, Flag flag) {
    if (is_set) flags |= flag;
  };
  set(message.sender.has_value(), kHasSender);
  set(!message.message_id.empty(), kHasMessageId);
  set(!message.client_name.empty() || !message.client_address.empty(),
      kHasClient);
  set(!message.sasl_user.empty(), kHasSaslUser);
  set(message.is_local, kIsLocal);
  set(message.is_remote, kIsRemote);
  set(!message.previous_id.empty(), kHasPreviousId);
  set(message.size != 0 || message.recipients != 0, kHasSize);
  set(message.is_removed, kIsRemoved);
  set(!message.notices.empty(), kHasNotices);
  set(message.keep_lines, kKeepLines);
  set(message.is_whole, kIsWhole);
  set(message.is_copy, kIsCopy);
  return flags;
}

void EncodeAttempt(const LogAttempt& attempt, Timestamp base,
                   std::string* out) {
  const std::uint64_t flags =
      (attempt.is_expired ? std::uint64_t{kIsExpired} : 0) |
      (attempt.is_probe ? std::uint64_t{kIsProbe} : 0) |
      (attempt.original.empty() ? 0 : std::uint64_t{kHasOriginal});
  PutNumber(out, flags);
  PutSigned(out, (attempt.time - base).count());
  PutNumber(out, static_cast<std::uint64_t>(attempt.action));
  PutNumber(out, static_cast<std::uint64_t>(attempt.reason));
  PutNumber(out, static_cast<std::uint64_t>(attempt.reason_class));
  PutText(out, attempt.recipient);
  if (!attempt.original.empty()) PutText(out, attempt.original);
  PutText(out, attempt.program);
  PutText(out, attempt.relay);
  PutText(out, attempt.status);
  PutText(out, attempt.text);
  for (const std::uint32_t delay : attempt.delays) PutNumber(out, delay);
}

LogAttempt DecodeAttempt(Timestamp base, VarintReader* in) {
  LogAttempt attempt;
  const std::uint64_t flags = in->Number();
  attempt.is_expired = (flags & kIsExpired) != 0;
  attempt.is_probe = (flags & kIsProbe) != 0;
  attempt.time = base + std::chrono::milliseconds(in->Signed());
  attempt.action = static_cast<Action>(in->Number());
  attempt.reason = ReasonFromStored(static_cast<std::int64_t>(in->Number()));
  attempt.reason_class = static_cast<ReasonClass>(in->Number());
  attempt.recipient = in->Text();
  if ((flags & kHasOriginal) != 0) attempt.original = in->Text();
  attempt.program = in->Text();
  attempt.relay = in->Text();
  attempt.status = in->Text();
  attempt.text = in->Text();
  for (std::uint32_t& delay : attempt.delays) {
    delay = static_cast<std::uint32_t>(in->Number());
  }
  return attempt;
}

void DecodeNotices(Timestamp base, VarintReader* in, LogMessage* message) {
  for (std::uint64_t left = in->Number(); left > 0 && in->ok(); --left) {
    LogNotice notice;
    notice.time = base + std::chrono::milliseconds(in->Signed());
    notice.kind = static_cast<LogNotice::Kind>(in->Number());
    notice.queue_id = in->Text();
    message->notices.push_back(std::move(notice));
  }
}

void DecodeFacts(std::uint64_t flags, VarintReader* in, LogMessage* message) {
  const auto has = [&](Flag flag) { return (flags & flag) != 0; };
  if (has(kHasSender)) message->sender = std::string(in->Text());
  if (has(kHasMessageId)) message->message_id = in->Text();
  if (has(kHasClient)) {
    message->client_name = in->Text();
    message->client_address = in->Text();
  }
  if (has(kHasSaslUser)) message->sasl_user = in->Text();
  message->is_local = has(kIsLocal);
  message->is_remote = has(kIsRemote);
  if (has(kHasPreviousId)) message->previous_id = in->Text();
  if (has(kHasSize)) {
    message->size = in->Number();
    message->recipients = static_cast<std::uint32_t>(in->Number());
  }
  message->is_removed = has(kIsRemoved);
  message->keep_lines = has(kKeepLines);
  message->is_whole = has(kIsWhole);
  message->is_copy = has(kIsCopy);
}

// In the order of `is_before`, each once.
template <class T, class IsBefore>
void Merge(std::vector<T>* all, std::vector<T> more, IsBefore is_before) {
  all->insert(all->end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
  std::stable_sort(all->begin(), all->end(), is_before);
  all->erase(std::unique(all->begin(), all->end()), all->end());
}

bool IsBefore(const LogAttempt& a, const LogAttempt& b) {
  return std::tie(a.time, a.recipient, a.text) <
         std::tie(b.time, b.recipient, b.text);
}

bool IsEarlier(const LogNotice& a, const LogNotice& b) {
  return std::tie(a.time, a.queue_id) < std::tie(b.time, b.queue_id);
}

void TakeIfEmpty(std::string* text, std::string other) {
  if (text->empty()) *text = std::move(other);
}

}  // namespace

LogCounters& LogCounters::operator+=(const LogCounters& more) {
  lines += more.lines;
  other += more.other;
  bad += more.bad;
  refused += more.refused;
  gaps += more.gaps;
  if (!more.last_bad.empty()) last_bad = more.last_bad;
  if (!more.last_gap.empty()) last_gap = more.last_gap;
  last_line = std::max(last_line, more.last_line);
  return *this;
}

bool IsSameMessage(const LogMessage& a, const LogMessage& b) {
  return a.queue_id == b.queue_id && a.first_seen == b.first_seen &&
         a.instance == b.instance && a.log == b.log;
}

MessageRef RefOf(const LogMessage& message) {
  std::string identity = "message of a log";
  PutText(&identity, message.instance);
  PutText(&identity, message.queue_id);
  return {HashOf(Sha256(identity)), message.first_seen};
}

void Join(LogMessage* message, LogMessage part) {
  message->last_seen = std::max(message->last_seen, part.last_seen);
  if (!message->sender) message->sender = std::move(part.sender);
  TakeIfEmpty(&message->message_id, std::move(part.message_id));
  TakeIfEmpty(&message->host, std::move(part.host));
  TakeIfEmpty(&message->client_name, std::move(part.client_name));
  TakeIfEmpty(&message->client_address, std::move(part.client_address));
  TakeIfEmpty(&message->sasl_user, std::move(part.sasl_user));
  TakeIfEmpty(&message->previous_id, std::move(part.previous_id));
  message->is_local |= part.is_local;
  message->is_remote |= part.is_remote;
  message->size = std::max(message->size, part.size);
  message->recipients = std::max(message->recipients, part.recipients);
  message->is_removed |= part.is_removed;
  message->keep_lines |= part.keep_lines;
  Merge(&message->notices, std::move(part.notices), IsEarlier);
  Merge(&message->attempts, std::move(part.attempts), IsBefore);
  message->lines += part.lines;
  message->is_whole |= part.is_whole;
  message->is_copy &= part.is_copy;
}

void EncodeLogMessage(const LogMessage& message, std::string* out) {
  const std::uint64_t flags = FlagsOf(message);
  PutNumber(out, kVersion);
  PutNumber(out, flags);
  PutText(out, message.instance);
  PutText(out, message.host);
  PutText(out, message.queue_id);
  PutSigned(out, Count(message.first_seen));
  PutSigned(out, (message.last_seen - message.first_seen).count());
  if ((flags & kHasSender) != 0) PutText(out, *message.sender);
  if ((flags & kHasMessageId) != 0) PutText(out, message.message_id);
  if ((flags & kHasClient) != 0) {
    PutText(out, message.client_name);
    PutText(out, message.client_address);
  }
  if ((flags & kHasSaslUser) != 0) PutText(out, message.sasl_user);
  if ((flags & kHasPreviousId) != 0) PutText(out, message.previous_id);
  if ((flags & kHasSize) != 0) {
    PutNumber(out, message.size);
    PutNumber(out, message.recipients);
  }
  if ((flags & kHasNotices) != 0) {
    PutNumber(out, message.notices.size());
    for (const LogNotice& notice : message.notices) {
      PutSigned(out, (notice.time - message.first_seen).count());
      PutNumber(out, static_cast<std::uint64_t>(notice.kind));
      PutText(out, notice.queue_id);
    }
  }
  PutNumber(out, message.attempts.size());
  for (const LogAttempt& attempt : message.attempts) {
    EncodeAttempt(attempt, message.first_seen, out);
  }
}

Result<LogMessage> DecodeLogMessage(std::string_view bytes) {
  VarintReader in(bytes);
  LogMessage message;
  if (in.Number() != kVersion) {
    return Error(ErrorCode::kCorrupt,
                 "a message of the log is of a later version or damaged");
  }
  const std::uint64_t flags = in.Number();
  message.instance = in.Text();
  message.host = in.Text();
  message.queue_id = in.Text();
  message.first_seen = TimeOf(in.Signed());
  message.last_seen =
      message.first_seen + std::chrono::milliseconds(in.Signed());
  DecodeFacts(flags, &in, &message);
  if ((flags & kHasNotices) != 0) {
    DecodeNotices(message.first_seen, &in, &message);
  }
  for (std::uint64_t left = in.Number(); left > 0 && in.ok(); --left) {
    message.attempts.push_back(DecodeAttempt(message.first_seen, &in));
  }
  if (!in.ok() || !in.rest().empty()) {
    return Error(ErrorCode::kCorrupt, "a message of the log is damaged");
  }
  return message;
}

}  // namespace postbounce
