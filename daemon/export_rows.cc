#include "daemon/export_rows.h"

#include <charconv>
#include <cstring>

#include "classifier/reason.h"
#include "daemon/reference.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kDate = 11;  // "2026-11-21T"

// No address and no scope has bytes that would end a field.
void AppendField(std::string_view text, std::string* to) {
  unsigned unusual = 0;
  for (const char c : text) {
    unusual |= static_cast<unsigned char>(c - ' ') > '~' - ' ' ? 1u : 0u;
  }
  if (unusual == 0) {
    to->append(text);
    return;
  }
  for (const char c : ToUtf8(text)) {
    *to += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
}

void AppendTwo(int number, char end, std::string* to) {
  const char text[] = {static_cast<char>('0' + number / 10),
                       static_cast<char>('0' + number % 10), end};
  to->append(text, sizeof text);
}

template <class Number>
bool TakeNumber(std::string_view* rest, char end, int base, Number* to) {
  const char* const last = rest->data() + rest->size();
  const auto read = std::from_chars(rest->data(), last, *to, base);
  if (read.ec != std::errc()) return false;
  rest->remove_prefix(static_cast<std::size_t>(read.ptr - rest->data()));
  return end == '\0' ? rest->empty() : TakeChar(rest, end);
}

}  // namespace

void ExportRowWriter::AppendTime(Timestamp time, std::string* to) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  if (date_.empty() || day != day_) {
    day_ = day;
    date_ = FormatTimestamp(day);
    date_.resize(kDate);
  }
  const auto seconds = static_cast<int>(
      std::chrono::floor<std::chrono::seconds>(time - day).count());
  *to += date_;
  AppendTwo(seconds / 3600, ':', to);
  AppendTwo(seconds / 60 % 60, ':', to);
  AppendTwo(seconds % 60, 'Z', to);
}

void ExportRowWriter::Append(const Exported& place, std::string* to) {
  AppendField(place.address, to);
  *to += '\t';
  AppendField(place.scope, to);
  *to += '\t';
  if (place.is_listed) *to += ReasonName(place.reason);
  *to += '\t';
  if (place.is_listed) AppendTime(place.since, to);
  *to += '\t';
  if (place.is_listed && place.until) AppendTime(*place.until, to);
  *to += '\t';
  if (has_refs_) *to += FormatReference(place.hash);
  if (kind_ == Kind::kChanged) {
    *to += '\t';
    *to += std::to_string(place.address_id);
    *to += '\t';
    *to += place.is_listed ? kToAdd : kToRemove;
  }
  *to += '\n';
}

bool TakeExportRow(std::string_view* rest, ExportRow* row) {
  const std::size_t end = rest->find('\n');
  if (end == rest->npos) return false;
  std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end + 1);
  *row = ExportRow();
  for (std::string_view* field :
       {&row->address, &row->scope, &row->reason, &row->since, &row->until,
        &row->ref, &row->number, &row->change}) {
    const auto* tab =
        static_cast<const char*>(std::memchr(line.data(), '\t', line.size()));
    if (tab == nullptr) {
      *field = line;
      break;
    }
    const auto size = static_cast<std::size_t>(tab - line.data());
    *field = line.substr(0, size);
    line.remove_prefix(size + 1);
  }
  return true;
}

std::string FormatMark(const ChangeMark& mark) {
  return std::to_string(mark.seq)
      .append(1, '.')
      .append(FormatReference(mark.check))
      .append(1, '.')
      .append(std::to_string(mark.time.time_since_epoch().count()));
}

std::optional<ChangeMark> ParseMark(std::string_view text) {
  ChangeMark mark;
  std::int64_t time = 0;
  const bool is_read = TakeNumber(&text, '.', 10, &mark.seq) &&
                       TakeNumber(&text, '.', 16, &mark.check) &&
                       TakeNumber(&text, '\0', 10, &time);
  if (!is_read || mark.seq < 0) return std::nullopt;
  mark.time = Timestamp(std::chrono::milliseconds(time));
  return mark;
}

}  // namespace postbounce
