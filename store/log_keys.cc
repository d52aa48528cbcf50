#include "store/log_keys.h"

#include <chrono>

#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "store/keys.h"
#include "store/pseudonym.h"
#include "store/varint.h"

namespace postbounce {
namespace {

constexpr std::size_t kRemembered = 1u << 16;

// FNV-1a with a last mix, so that all bits are as good as the others.
LogHash HashOfText(std::string_view text, bool fold_case) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(fold_case ? AsciiLower(c) : c);
    hash *= 0x100000001b3u;
  }
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

bool IsPlainWord(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); }

// True for an address that is its own normal form beyond doubt, as nearly all
// are: words of lower-case letters and digits, joined by single dots or, in the
// local part, other signs.
bool IsPlainAddress(std::string_view address) {
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || address.size() > limits::kAddress / 2) {
    return false;
  }
  bool is_word = false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    const bool joins = c == '.' || c == '-' || i == at ||
                       (i < at && (c == '_' || c == '+' || c == '='));
    if (!IsPlainWord(c) && (!joins || !is_word)) return false;
    is_word = IsPlainWord(c);
  }
  return is_word;
}

}  // namespace

LogHash HashOfId(std::string_view id) { return HashOfText(id, false); }

LogHash HashOfMessageId(std::string_view id) {
  id = Trim(id);
  if (id.size() >= 2 && id.front() == '<' && id.back() == '>') {
    id = id.substr(1, id.size() - 2);
  }
  return HashOfText(id, true);
}

LogHash HashOfDomain(std::string_view domain) {
  if (IsAscii(domain)) return HashOfText(domain, true);
  const auto parsed = Address::Parse("a@" + std::string(domain));
  return HashOfText(parsed ? parsed->ascii_domain() : domain, true);
}

LogHash HashOfAttempt(const LogMessage& message, const LogAttempt& attempt) {
  thread_local std::string text;
  text.clear();
  PutNumber(&text, static_cast<std::uint64_t>(attempt.action));
  PutNumber(&text, attempt.is_expired ? 1 : 0);
  // What tells two tries within a second apart.
  for (const std::uint32_t delay : attempt.delays) PutNumber(&text, delay);
  for (const std::string_view part :
       {std::string_view(message.instance), std::string_view(message.queue_id),
        std::string_view(attempt.recipient), std::string_view(attempt.original),
        std::string_view(attempt.program), std::string_view(attempt.relay),
        std::string_view(attempt.status), std::string_view(attempt.text)}) {
    PutText(&text, part);
  }
  const auto second = std::chrono::floor<std::chrono::seconds>(attempt.time);
  return SecondsLater(HashOf(Sha256(text)), second.time_since_epoch().count());
}

LogHash SecondsLater(LogHash attempt, std::int64_t seconds) {
  return attempt + static_cast<LogHash>(seconds) * 0x9e3779b97f4a7c15u;
}

LogHash HashOfKey(const Key128& key) {
  LogHash hash = 0;
  for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | key[i];
  return hash;
}

std::string_view NextIdOf(const LogAttempt& attempt) {
  constexpr std::string_view kQueuedAs = "queued as ";
  if (attempt.action != Action::kDelivered) return {};
  const std::string_view text = attempt.text;
  const std::size_t at = text.rfind(kQueuedAs);
  if (at == std::string_view::npos) return {};
  const std::string_view id = text.substr(at + kQueuedAs.size());
  return id.substr(0, id.find_first_of(" )"));
}

std::string_view DomainOf(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view()
                                      : address.substr(at + 1);
}

std::string NormalDomain(std::string_view domain) {
  if (!IsAscii(domain)) {
    const auto address = Address::Parse("x@" + std::string(domain));
    if (address) return address->ascii_domain();
  }
  return ToLower(domain);
}

Key128 LogHasher::KeyOf(std::string_view address) const {
  if (IsPlainAddress(address)) return keys_.KeyOfText(address);
  if (const auto key = KeyOfPseudonym(address)) return *key;
  const auto parsed = Address::Parse(address);
  return parsed ? keys_.KeyOf(*parsed) : keys_.KeyOfText(ToLower(address));
}

LogHash LogHasher::HashOfAddress(std::string_view address) {
  const auto found = known_.find(address);
  if (found != known_.end()) return found->second;
  const LogHash hash = HashOfKey(KeyOf(address));
  if (known_.size() >= kRemembered) known_.clear();
  known_.emplace(address, hash);
  return hash;
}

}  // namespace postbounce
