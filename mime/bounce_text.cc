#include "mime/bounce_text.h"

#include <algorithm>
#include <optional>
#include <string>

#include "mime/bounce_phrases.h"
#include "mime/header.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

constexpr std::size_t kMaxLines = 4000;
// So many header fields in a row are the beginning of a message.
constexpr int kHeaderRun = 3;

using Line = BounceText::Line;

std::vector<Line> SplitLines(std::string_view text) {
  std::vector<Line> lines;
  std::string_view rest = text;
  while (lines.size() < kMaxLines) {
    const std::size_t offset = text.size() - rest.size();
    const std::optional<std::string_view> raw = TakeLine(&rest);
    if (!raw) break;
    const std::string_view trimmed = Trim(*raw);
    const std::size_t indent =
        trimmed.empty()
            ? 0
            : static_cast<std::size_t>(trimmed.data() - raw->data());
    lines.push_back({trimmed, offset + indent});
  }
  return lines;
}

std::string_view Unquoted(std::string_view line) {
  while (!line.empty() && (line.front() == '>' || IsBlank(line.front()))) {
    line.remove_prefix(1);
  }
  return line;
}

// True when a message's header begins in this line: three fields that messages
// have, one of them a trace field or an identity. "To", "Subject" and "Sent"
// alone are how Exchange tells which message it speaks of.
bool BeginsMessage(const std::vector<Line>& lines, std::size_t i) {
  if (!IsMessageField(Unquoted(lines[i].text))) return false;
  int fields = 0;
  bool certain = false;
  const std::size_t end = std::min(lines.size(), i + 40);
  for (; i < end && !lines[i].text.empty(); ++i) {
    const std::string_view line = Unquoted(lines[i].text);
    if (!IsMessageField(line)) continue;  // a continuation
    ++fields;
    for (const std::string_view name :
         {"Received:", "Return-Path:", "Message-ID:", "DKIM-Signature:",
          "MIME-Version:", "X-Received:"}) {
      certain = certain || StartsWithIgnoringCase(line, name);
    }
    if (certain && fields >= kHeaderRun) return true;
  }
  return false;
}

// The line in which the header begins that is announced in line `i`; `i` when
// none follows.
std::size_t HeaderBehind(const std::vector<Line>& lines, std::size_t i) {
  constexpr std::size_t kBetween = 10;
  const std::size_t end = std::min(lines.size(), i + kBetween);
  for (std::size_t j = i; j < end; ++j) {
    if (IsMessageField(Unquoted(lines[j].text))) return j;
  }
  return i;
}

class PhraseMarker {
 public:
  explicit PhraseMarker(BounceText* text) : text_(*text) {}

  void Mark(std::string_view folded) {
    std::size_t line = 0;
    for (const FoundPhrase& phrase : FindPhrases(folded)) {
      // Phrases come in the order of their ends; one may span two lines.
      while (line + 1 < text_.lines.size() &&
             text_.lines[line + 1].begin < phrase.end) {
        ++line;
      }
      std::size_t first = line;
      while (first > 0 && text_.lines[first].begin > phrase.begin) --first;
      MarkLine(phrase, first);
      if (first != line) MarkLine(phrase, line);
    }
  }

  // The first line that announces the returned message.
  std::size_t announced() const { return announced_; }

 private:
  void MarkLine(const FoundPhrase& phrase, std::size_t index) {
    Line& line = text_.lines[index];
    switch (phrase.kind) {
      case PhraseKind::kFailure:
        line.failure = true;
        break;
      case PhraseKind::kReason:
        line.reason = true;
        break;
      case PhraseKind::kDelay:
        line.delay = true;
        break;
      case PhraseKind::kReturned:
        announced_ = std::min(announced_, index);
        break;
      case PhraseKind::kTranscript:
        line.transcript = true;
        break;
      case PhraseKind::kAside:
        line.aside = true;
        break;
      case PhraseKind::kSubject:
        break;
    }
  }

  BounceText& text_;
  std::size_t announced_ = static_cast<std::size_t>(-1);
};

// Not of "this is not a permanent failure".
bool SaysPermanent(std::string_view folded) {
  constexpr std::string_view kPermanent = "permanent";
  for (std::size_t at = folded.find(kPermanent); at != folded.npos;
       at = folded.find(kPermanent, at + 1)) {
    const std::string_view front = Trim(folded.substr(0, at));
    if (!front.ends_with("not a") && !front.ends_with("not") &&
        !front.ends_with("no")) {
      return true;
    }
  }
  return false;
}

}  // namespace

BounceText BounceText::Read(std::string_view text) {
  BounceText read;
  read.lines = SplitLines(text);
  std::size_t end = 0;
  while (end < read.lines.size() && !BeginsMessage(read.lines, end)) ++end;
  // What the returned message says is not looked at.
  const bool has_header = end < read.lines.size();
  const std::string_view own =
      has_header ? text.substr(0, read.lines[end].begin) : text;
  std::string folded = FoldCase(own);
  std::replace(folded.begin(), folded.end(), '\n', ' ');
  read.says_permanent = SaysPermanent(folded);
  PhraseMarker marker(&read);
  marker.Mark(folded);

  read.returned = text.size();
  end = std::min(end, marker.announced());
  if (end < read.lines.size()) {
    read.returned = read.lines[HeaderBehind(read.lines, end)].begin;
    read.lines.resize(end);
  }
  return read;
}

std::size_t BounceText::ReturnedBody(std::string_view text) {
  std::string_view rest = text.substr(Read(text).returned);
  while (const std::optional<RawField> field = TakeField(&rest)) {
    if (field->name.empty()) break;
  }
  return text.size() - rest.size();
}

bool BounceText::Has(bool Line::*mark) const {
  return std::any_of(lines.begin(), lines.end(),
                     [mark](const Line& line) { return line.*mark; });
}

}  // namespace postbounce
