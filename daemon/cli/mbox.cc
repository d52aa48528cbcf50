#include "daemon/cli/mbox.h"

#include <algorithm>
#include <array>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Longer lines are no separators, and need not be kept to tell so.
constexpr std::size_t kMaxSeparator = 1000;

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu",
                                                   "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view TakeWord(std::string_view* rest) {
  while (TakeChar(rest, ' ')) continue;
  const std::string_view word = rest->substr(0, rest->find(' '));
  rest->remove_prefix(word.size());
  return word;
}

template <std::size_t n>
bool IsOneOf(std::string_view word,
             const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "3", "03"
bool IsDayOfMonth(std::string_view word) {
  const auto number = TakeNumber(&word, 2);
  return number && word.empty() && *number >= 1 && *number <= 31;
}

// "01:05:34", "01:05"
bool IsTime(std::string_view word) {
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && !TakeChar(&word, ':')) return part == 2 && word.empty();
    if (!TakeNumber(&word, 2)) return false;
  }
  return word.empty();
}

std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool IsQuotedSeparator(std::string_view line) {
  const std::size_t behind = line.find_first_not_of('>');
  return behind != 0 && behind != std::string_view::npos &&
         line.substr(behind).starts_with("From ");
}

// Takes a ">" off each quoted "From " line, in place.
void Unquote(std::string* message) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < message->size();) {
    const std::size_t end =
        std::min(message->find('\n', from), message->size() - 1) + 1;
    if ((*message)[from] == '>' &&
        IsQuotedSeparator(
            std::string_view(*message).substr(from, end - from))) {
      ++from;
    }
    std::copy(message->begin() + static_cast<std::ptrdiff_t>(from),
              message->begin() + static_cast<std::ptrdiff_t>(end),
              message->begin() + static_cast<std::ptrdiff_t>(to));
    to += end - from;
    from = end;
  }
  message->resize(to);
}

}  // namespace

bool IsMboxSeparator(std::string_view line) {
  if (!line.starts_with("From ")) return false;
  std::string_view rest = WithoutLineEnd(line.substr(5));
  // A sender may hold blanks in quotes, so the date is looked for.
  for (std::string_view word = TakeWord(&rest); !word.empty();
       word = TakeWord(&rest)) {
    if (!IsOneOf(word, kDays)) continue;
    std::string_view date = rest;
    if (IsOneOf(TakeWord(&date), kMonths) && IsDayOfMonth(TakeWord(&date)) &&
        IsTime(TakeWord(&date))) {
      return true;
    }
  }
  return false;
}

void MboxReader::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const bool whole = newline != std::string_view::npos;
    const std::string_view piece =
        bytes.substr(0, whole ? newline + 1 : bytes.size());
    bytes.remove_prefix(piece.size());
    if (in_long_line_) {
      Append(piece);
      in_long_line_ = !whole;
    } else if (whole && line_.empty()) {
      TakeWholeLine(piece);
    } else {
      line_ += piece;
      if (!whole && line_.size() < kMaxSeparator) return;
      if (whole) {
        TakeWholeLine(line_);
      } else {
        Append(line_);
        behind_empty_line_ = false;
        in_long_line_ = true;
      }
      line_.clear();
    }
  }
}

void MboxReader::Finish() {
  if (!line_.empty()) TakeWholeLine(line_);
  Emit(true);
}

void MboxReader::TakeWholeLine(std::string_view line) {
  if (behind_empty_line_ && !message_.empty() && IsMboxSeparator(line)) {
    Emit(false);
  }
  behind_empty_line_ = WithoutLineEnd(line).empty();
  Append(line);
}

void MboxReader::Append(std::string_view bytes) {
  const std::size_t room = max_size_ - message_.size();
  cut_ = cut_ || bytes.size() > room;
  message_ += bytes.substr(0, room);
}

void MboxReader::Emit(bool last) {
  if (message_.empty()) return;
  MboxMessage message;
  message.number = ++number_;
  message.only = last && number_ == 1;
  message.cut = cut_;
  if (!message.only) Unquote(&message_);
  message.bytes = message_;
  each_(message);
  message_.clear();
  cut_ = false;
}

}  // namespace postbounce
