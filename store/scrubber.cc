#include "store/scrubber.h"

#include <algorithm>
#include <limits>

#include "mime/text/text.h"
#include "store/pseudonym.h"

namespace postbounce {
namespace {

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();
// "550" is more often a reply than somebody's name.
constexpr std::size_t kShortNumber = 4;

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
         (c & 0x80) != 0;
}

bool IsLocalChar(char c) {
  constexpr std::string_view kOthers = ".!#$%&'*+-/=?^_`{|}~";
  return IsWordChar(c) || kOthers.find(c) != kOthers.npos;
}

bool IsDomainChar(char c) { return IsWordChar(c) || c == '.' || c == '-'; }

// What stands where an "@" might.
constexpr std::string_view kSigns[] = {"@", "%40"};

std::size_t SignAt(std::string_view text, std::size_t at) {
  for (const std::string_view sign : kSigns) {
    if (text.substr(at).starts_with(sign)) return sign.size();
  }
  return 0;
}

// Where the local part that ends at `at` begins; not before `from`.
std::size_t BeginOfLocal(std::string_view text, std::size_t from,
                         std::size_t at) {
  if (at > from && text[at - 1] == '"') {
    const std::size_t open = text.substr(from, at - 1 - from).rfind('"');
    if (open != text.npos) return from + open;
  }
  std::size_t begin = at;
  while (begin > from && IsLocalChar(text[begin - 1])) --begin;
  return begin;
}

std::size_t EndOfDomain(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  if (end < text.size() && text[end] == '[') {
    const std::size_t close = text.find(']', end);
    if (close != text.npos) return close + 1;
  }
  while (end < text.size() && IsDomainChar(text[end])) ++end;
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  return end;
}

bool IsShortNumber(std::string_view text) {
  return text.size() < kShortNumber &&
         std::all_of(text.begin(), text.end(), IsDigit);
}

// A backslash in front of quotes and backslashes, as JSON has it.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Also behind what is no part of an address: "to=#...".
bool EndsWithPseudonym(std::string_view local) {
  const std::size_t begin = local.rfind('#');
  return begin != local.npos && IsPseudonym(local.substr(begin));
}

}  // namespace

Scrubber::Scrubber(const AddressKeys* keys, std::span<const Address> addresses)
    : keys_(*keys) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) AddForms(address, &texts);
  finder_.emplace(texts);
}

void Scrubber::AddForms(const Address& address,
                        std::vector<std::string>* texts) {
  const std::string whole = address.ToString();
  const std::string local = whole.substr(0, whole.rfind('@'));
  const std::string alias = PseudonymOf(keys_.KeyOf(address), "");
  std::vector<std::string> domains = {ToLower(address.domain()),
                                      address.ascii_domain()};
  if (domains[0] == domains[1]) domains.pop_back();
  const auto add = [&](std::string text, std::string replacement) {
    text = ToLower(text);
    if (std::find(texts->begin(), texts->end(), text) != texts->end()) return;
    needles_.push_back(
        {std::move(replacement), text.size(), text.find('@') == text.npos});
    texts->push_back(std::move(text));
  };
  for (const std::string& domain : domains) {
    for (const char* sign : {"@", "=", "%40"}) {
      const std::string at = sign + address.ascii_domain();
      add(local + sign + domain, alias + at);
      add(address.local_part() + sign + domain, alias + at);
      add(Escaped(local) + sign + domain, alias + at);
    }
  }
}

bool Scrubber::MayFind(std::string_view bytes) const {
  return !finder_ || !finder_->FindAll(bytes, 1).empty();
}

// Whether it is this address, and not the end or the beginning of another.
bool Scrubber::Stands(std::string_view text, std::size_t begin, std::size_t end,
                      bool is_verp) const {
  constexpr std::string_view kGoOn = "._+-";
  if (begin > 0) {
    const char before = text[begin - 1];
    const bool goes_on =
        is_verp ? before == '.' : kGoOn.find(before) != kGoOn.npos;
    if (IsWordChar(before) || goes_on) return false;
  }
  if (end == text.size()) return true;
  const bool is_longer =
      text[end] == '.' && end + 1 < text.size() && IsWordChar(text[end + 1]);
  return !IsWordChar(text[end]) && text[end] != '-' && !is_longer;
}

std::string Scrubber::Clean(std::string_view text) const {
  if (!finder_) return CleanAll(text);
  std::string clean;
  std::size_t done = 0;
  for (const auto& [needle, end] : finder_->FindAll(text, kAnyNumber)) {
    const Needle& found = needles_[static_cast<std::size_t>(needle)];
    const std::size_t begin = end - found.size;
    if (begin < done || !Stands(text, begin, end, found.is_verp)) continue;
    clean.append(text.substr(done, begin - done)).append(found.replacement);
    done = end;
  }
  return clean.append(text.substr(done));
}

std::string Scrubber::CleanAll(std::string_view text) const {
  std::string clean;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t sign = SignAt(text, at);
    if (sign == 0) continue;
    const std::size_t begin = BeginOfLocal(text, done, at);
    const std::size_t end = EndOfDomain(text, at + sign);
    if (begin == at || end == at + sign) continue;
    const std::string_view local = text.substr(begin, at - begin);
    const std::string_view domain = text.substr(at + sign, end - at - sign);
    const auto address =
        Address::Parse(std::string(local).append("@").append(domain));
    clean.append(text.substr(done, begin - done));
    if (EndsWithPseudonym(local)) {
      clean.append(text.substr(begin, end - begin));
    } else if (address) {
      clean += PseudonymOf(keys_.KeyOf(*address), address->ascii_domain());
    } else {
      clean += PseudonymOf(keys_.KeyOfText(ToLower(local)), domain);
    }
    done = end;
    at = end - 1;
  }
  return clean.append(text.substr(done));
}

std::string Scrubber::CleanOf(const Address& owner,
                              std::string_view text) const {
  std::string clean = Clean(text);
  const std::string local = ToLower(owner.local_part());
  if (local.size() < 2 || IsShortNumber(local) || IsPseudonym(local)) {
    return clean;
  }
  const std::string alias = PseudonymOf(keys_.KeyOf(owner), "");
  const std::string lower = ToLower(clean);
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = lower.find(local); at != lower.npos;
       at = lower.find(local, at + 1)) {
    const std::size_t end = at + local.size();
    const bool is_word = (at == 0 || !IsWordChar(lower[at - 1])) &&
                         (end == lower.size() || !IsWordChar(lower[end]));
    if (at < done || !is_word) continue;
    result.append(clean, done, at - done).append(alias);
    done = end;
  }
  return result.append(clean, done, std::string::npos);
}

}  // namespace postbounce
