#include "daemon/cli/explain_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/cli/mbox.h"
#include "daemon/delivery_line.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 64u << 10;

// Any mail has one of these.
constexpr std::array<std::string_view, 14> kMailFields = {
    "from",         "to",          "subject",      "date",         "received",
    "message-id",   "return-path", "mime-version", "content-type", "x-mailer",
    "delivered-to", "reply-to",    "sender",       "x-original-to"};

Error Unreadable(const std::string& name, std::string_view why) {
  return Error(ErrorCode::kNotFound,
               fmt::format("cannot read {}: {}", Printable(name, 200), why));
}

// An open file that closes itself.
class File {
 public:
  explicit File(const std::string& name)
      : fd_(name == "-" ? dup(STDIN_FILENO)
                        : open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  // Appends the next bytes to `to`, at most kChunk: how many, 0 at the end, -1
  // on an error.
  ssize_t ReadMore(std::string* to) {
    ssize_t size = -1;
    do {
      size = read(fd_, buffer_.data(), buffer_.size());
    } while (size < 0 && errno == EINTR);
    if (size > 0) to->append(buffer_.data(), static_cast<std::size_t>(size));
    return size;
  }

 private:
  int fd_;
  std::array<char, kChunk> buffer_;  // not filled with zeros, for speed
};

// Gives the deliveries among the lines of a log, of any length.
class LogReader {
 public:
  LogReader(std::string_view file,
            const std::function<void(const Input&)>& each)
      : each_(each) {
    input_.file = file;
    input_.form = InputForm::kLogLine;
  }

  void Feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t newline = bytes.find('\n');
      line_ +=
          bytes.substr(0, newline).substr(0, limits::kLogLine - line_.size());
      if (newline == std::string_view::npos) return;
      Finish();
      bytes.remove_prefix(newline + 1);
    }
  }

  void Finish() {
    ++input_.number;
    if (DeliveryLine::Parse(line_)) {
      found_ = true;
      input_.bytes = line_;
      each_(input_);
    }
    line_.clear();
  }

  bool found() const { return found_; }

 private:
  const std::function<void(const Input&)>& each_;
  Input input_;
  std::string line_;
  bool found_ = false;
};

// Feeds what was read already and the rest. False on an error.
template <class Reader>
bool FeedAll(std::string head, File* file, Reader* reader) {
  ssize_t size = 1;
  while (size > 0) {
    reader->Feed(head);
    head.clear();
    size = file->ReadMore(&head);
  }
  reader->Finish();
  return size == 0;
}

bool ReadMbox(const std::string& name, std::string head, File* file,
              const std::function<void(const Input&)>& each) {
  MboxReader reader(limits::kMessageSize, [&](const MboxMessage& message) {
    Input input;
    input.file = name;
    input.number = message.only ? 0 : message.number;
    input.cut = message.cut;
    input.bytes = message.bytes;
    each(input);
  });
  return FeedAll(std::move(head), file, &reader);
}

bool ReadWhole(const std::string& name, InputForm form, std::string head,
               File* file, const std::function<void(const Input&)>& each) {
  ssize_t size = 1;
  while (size > 0 && head.size() <= limits::kMessageSize) {
    size = file->ReadMore(&head);
  }
  if (size < 0) return false;
  Input input;
  input.file = name;
  input.form = form;
  input.cut = head.size() > limits::kMessageSize;
  input.bytes = std::string_view(head).substr(0, limits::kMessageSize);
  each(input);
  return true;
}

Result<std::vector<std::string>> FilesIn(const fs::path& folder) {
  std::vector<std::string> files;
  bool has_folders = false;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    has_folders = has_folders || it->is_directory(ignored);
    if (it->is_regular_file(ignored) &&
        !it->path().filename().native().starts_with('.')) {
      files.push_back(it->path().native());
    }
  }
  if (error) return Unreadable(folder.native(), error.message());
  if (files.empty() && has_folders) {
    return Unreadable(folder.native(), "it has folders, but no files");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

InputKind KindOfInput(std::string_view head) {
  if (IsMboxSeparator(head.substr(0, head.find('\n')))) return InputKind::kMbox;
  std::string_view rest = Trim(head);
  if (IsPostfixLogLine(rest.substr(0, rest.find('\n')))) return InputKind::kLog;
  if (rest.starts_with('{') || rest.starts_with("From ")) {
    return InputKind::kMessage;
  }
  for (auto line = TakeLine(&rest); line && !line->empty();
       line = TakeLine(&rest)) {
    const std::string_view name = line->substr(0, line->find(':'));
    if (name.size() < line->size() &&
        std::find(kMailFields.begin(), kMailFields.end(),
                  ToLower(Trim(name))) != kMailFields.end()) {
      return InputKind::kMessage;
    }
  }
  return InputKind::kText;
}

Result<void> ReadInput(const std::string& name,
                       const std::function<void(const Input&)>& each) {
  File file(name);
  if (!file.is_open()) return Unreadable(name, std::strerror(errno));
  std::string head;
  ssize_t size = 1;
  while (size > 0 && head.size() < kChunk) size = file.ReadMore(&head);
  if (size < 0) return Unreadable(name, std::strerror(errno));

  bool whole = true;
  switch (KindOfInput(head)) {
    case InputKind::kMbox:
      whole = ReadMbox(name, std::move(head), &file, each);
      break;
    case InputKind::kLog: {
      LogReader reader(name, each);
      whole = FeedAll(std::move(head), &file, &reader);
      if (whole && !reader.found()) {
        return Error(ErrorCode::kSyntax,
                     fmt::format("no line of {} tells of a delivery",
                                 Printable(name, 200)));
      }
      break;
    }
    case InputKind::kMessage:
      whole =
          ReadWhole(name, InputForm::kMessage, std::move(head), &file, each);
      break;
    case InputKind::kText:
      if (name == "-" && Trim(head).empty()) {
        return Error(ErrorCode::kSyntax,
                     "there is nothing to explain on standard input");
      }
      whole =
          ReadWhole(name, name == "-" ? InputForm::kText : InputForm::kMessage,
                    std::move(head), &file, each);
      break;
  }
  if (!whole) return Unreadable(name, std::strerror(errno));
  return {};
}

Result<std::vector<std::string>> FilesOf(const std::string& name) {
  std::error_code error;
  if (name == "-" || !fs::is_directory(name, error)) {
    return std::vector<std::string>{name};
  }
  const fs::path folder(name);
  if (!fs::is_directory(folder / "cur", error) ||
      !fs::is_directory(folder / "new", error)) {
    return FilesIn(folder);
  }
  auto files = FilesIn(folder / "new");
  const auto seen = FilesIn(folder / "cur");
  if (!files || !seen) return files ? seen.error() : files.error();
  files->insert(files->end(), seen->begin(), seen->end());
  return files;
}

}  // namespace postbounce
