#include "mime/message.h"

#include <mimetic/mimetic.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

#include "mime/header_check.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// mimetic has a line-based parser for forward iterators and a faulty one for
// pointers, which finds boundaries in the middle of a line.
class ByteIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  ByteIterator() = default;
  explicit ByteIterator(const char* at) : at_(at) {}

  const char* at() const { return at_; }
  reference operator*() const { return *at_; }
  ByteIterator& operator++() {
    ++at_;
    return *this;
  }
  ByteIterator operator++(int) { return ByteIterator(at_++); }
  bool operator==(const ByteIterator&) const = default;

 private:
  const char* at_ = nullptr;
};

// What one message may still use, its encoded messages included.
struct Budget {
  std::size_t parts = limits::kMimeParts;
  bool truncated = false;
};

// The raw body of an entity, or the preamble of a multipart.
struct RawBody {
  const mimetic::MimeEntity* entity = nullptr;
  std::string_view bytes;
};

using ParserBase =
    mimetic::IteratorParser<ByteIterator, std::forward_iterator_tag>;

// mimetic's parser, which reads headers and keeps the tree, with its search
// for boundaries replaced. Here each header is checked before mimetic sees it:
// mimetic takes quadratic time for long fields and recurses without a limit.
// Bodies are noted instead of copied.
class Parser : public ParserBase {
 public:
  // `root` is at `depth` of the whole message.
  Parser(mimetic::MimeEntity& root, int depth, Budget* budget)
      : ParserBase(root), base_depth_(depth), budget_(budget) {}

  // Two bytes behind `end` must be there and be line ends: mimetic loses the
  // last field of a header that no empty line ends.
  void Parse(char* begin, char* end) {
    end_ = end;
    CheckHeaders(begin, base_depth_);
    run(ByteIterator(begin), ByteIterator(end_ + 2));
  }

  // In document order.
  std::vector<RawBody> TakeBodies() { return std::move(bodies_); }

 protected:
  // Called by mimetic for each leaf, preamble and epilogue.
  void copy_until_boundary(mimetic::ParsingElem element) override {
    mimetic::MimeEntity* entity = m_entityStack.top();
    const char* begin = m_bit.at();
    if (element != peEpilogue) {
      // A line in the header that is no field is the first of the body.
      begin -= entity->body().size();
      entity->body().clear();
    }
    if (element == pePreamble) EnterMultipart();

    begin = std::min<const char*>(begin, end_);
    const char* body_end = FindBoundary(begin);
    if (element == peEpilogue) return;
    if (m_lastBoundary != NoBoundary) {
      if (body_end > begin && body_end[-1] == '\n') --body_end;
      if (body_end > begin && body_end[-1] == '\r') --body_end;
    }
    bodies_.push_back(
        {entity, {begin, static_cast<std::size_t>(body_end - begin)}});
  }

 private:
  struct Line {
    const char* begin;
    const char* next;
    std::string_view text;  // without blanks at its end
  };

  // mimetic leaves comments and quoted pairs in the boundary; ours is right.
  void EnterMultipart() {
    const std::size_t level = m_entityStack.size() - 1 + base_depth_;
    owners_.push_back(m_entityStack.size());
    if (level < first_depth_ || level - first_depth_ >= types_.size()) return;
    const ContentType type =
        ParseContentType(Unfold(types_[level - first_depth_]));
    m_boundaryList.front() =
        "--" + std::string(Trim(type.Parameter("boundary")));
  }

  // Moves on to the first line that is a boundary, and behind it; returns
  // where that line begins, or the end.
  const char* FindBoundary(const char* begin) {
    m_lastBoundary = NoBoundary;
    for (Line line{begin, begin, {}}; line.begin < end_;
         line.begin = line.next) {
      const std::size_t left = static_cast<std::size_t>(end_ - line.begin);
      const void* newline = std::memchr(line.begin, '\n', left);
      line.next =
          newline == nullptr ? end_ : static_cast<const char*>(newline) + 1;
      if (*line.begin != '-' || left < 2 || line.begin[1] != '-') continue;
      line.text = {line.begin,
                   static_cast<std::size_t>(line.next - line.begin)};
      while (IsBlank(line.text.back())) line.text.remove_suffix(1);
      if (TakeBoundary(line)) return line.begin;
    }
    m_bit = m_eit;
    return end_;
  }

  bool TakeBoundary(const Line& line) {
    bool innermost = true;
    for (const std::string& boundary : m_boundaryList) {
      const BoundaryType found = Match(line.text, boundary);
      if (found == NoBoundary) {
        innermost = false;
        continue;
      }
      // The boundary of an outer multipart ends the inner ones. mimetic would
      // end all of them; so the innermost is closed, and the line stays to be
      // found once more.
      m_lastBoundary = innermost ? found : ClosingBoundary;
      m_bit = ByteIterator(innermost ? line.next : line.begin);
      if (m_lastBoundary == ClosingBoundary) {
        owners_.pop_back();
      } else {
        CheckHeaders(const_cast<char*>(line.next),
                     base_depth_ + static_cast<int>(owners_.back()));
      }
      return true;
    }
    return false;
  }

  // A multipart that names no boundary is split at whatever looks like one.
  static BoundaryType Match(std::string_view line, std::string_view boundary) {
    const bool any = boundary == "--";
    if (any && line.size() > 4 && line.ends_with("--")) return ClosingBoundary;
    if (any || line == boundary) return Boundary;
    return line.size() == boundary.size() + 2 && line.ends_with("--") &&
                   line.starts_with(boundary)
               ? ClosingBoundary
               : NoBoundary;
  }

  // Checks the header at `begin`, of an entity at `depth`, and those of the
  // messages that follow inside each other before a body is reached.
  void CheckHeaders(char* begin, int depth) {
    first_depth_ = static_cast<std::size_t>(depth);
    types_.clear();
    for (bool more = true; more; ++depth) {
      if (depth > limits::kMimeDepth || budget_->parts == 0) return Cut(begin);
      --budget_->parts;
      const HeaderCheck check = CheckHeader(begin, end_);
      types_.push_back(check.content_type);
      if (check.cut != nullptr) return Cut(check.cut);
      begin = check.next;
      more = check.may_hold_message;
    }
  }

  // Ends the input at `where`.
  void Cut(char* where) {
    budget_->truncated = true;
    end_ = where;
    std::fill_n(where, 2, '\n');
    m_eit = ByteIterator(where + 2);
  }

  const int base_depth_;
  Budget* const budget_;
  char* end_ = nullptr;
  std::vector<RawBody> bodies_;
  // For each multipart that is open, outermost first, how deep in mimetic's
  // stack it is: the depth of its children below ours.
  std::vector<std::size_t> owners_;
  // The Content-Type of the headers checked last, and the depth of the first.
  std::vector<std::string_view> types_;
  std::size_t first_depth_ = 0;
};

// One run of mimetic over one piece of storage.
struct Tree {
  mimetic::MimeEntity root;
  std::vector<RawBody> bodies;
  std::size_t next_body = 0;
};

// `storage` has two spare bytes at its end.
void ParseTree(std::string* storage, int depth, Budget* budget, Tree* tree) {
  char* begin = storage->data();
  char* end = begin + storage->size() - 2;
  MendBareCr(begin, end);
  const std::string_view text(begin, static_cast<std::size_t>(end - begin));
  if (text.starts_with("From ") || text.starts_with(">From ")) {
    begin += std::min(text.find('\n'), text.size() - 1) + 1;
  }
  Parser parser(tree->root, depth, budget);
  try {
    parser.Parse(begin, end);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    // What was read before stays.
    budget->truncated = true;
  }
  tree->bodies = parser.TakeBodies();
}

std::shared_ptr<std::string> MakeStorage(std::string_view bytes) {
  auto storage = std::make_shared<std::string>();
  storage->reserve(bytes.size() + 2);
  storage->append(bytes);
  storage->append("\n\n");
  return storage;
}

Header MakeHeader(const mimetic::Header& header) {
  std::vector<Field> fields;
  fields.reserve(header.size());
  for (const mimetic::Field& field : header) {
    std::string value = field.value();
    const std::string_view trimmed = Trim(value);
    if (trimmed.size() != value.size()) value = std::string(trimmed);
    fields.push_back({std::string(field.name().data(), field.name().size()),
                      std::move(value)});
  }
  return Header(std::move(fields));
}

// Makes the flat list of parts out of trees.
class Flattener {
 public:
  Flattener(Message* message, Budget* budget)
      : message_(message), budget_(budget) {}

  void Run(std::string_view bytes) {
    message_->parts.reserve(8);
    AddTree(bytes, -1, 0);
    while (!todo_.empty()) {
      const Item item = todo_.back();
      todo_.pop_back();
      // The limits leave empty entities behind where they cut.
      if (message_->parts.size() == limits::kMimeParts) return;
      if (item.depth > limits::kMimeDepth) continue;
      AddPart(item);
    }
  }

 private:
  struct Item {
    Tree* tree;
    mimetic::MimeEntity* entity;
    int parent;
    int depth;
  };

  void AddTree(std::string_view bytes, int parent, int depth) {
    const auto storage = MakeStorage(bytes);
    message_->storage.push_back(storage);
    trees_.push_back(std::make_unique<Tree>());
    Tree* tree = trees_.back().get();
    ParseTree(storage.get(), depth, budget_, tree);
    todo_.push_back({tree, &tree->root, parent, depth});
  }

  void AddPart(const Item& item) {
    const int index = static_cast<int>(message_->parts.size());
    Part& part = message_->parts.emplace_back();
    part.parent = item.parent;
    part.depth = item.depth;
    part.header = MakeHeader(item.entity->header());
    part.type = ParseContentType(part.header.Get("Content-Type"));
    Tree* tree = item.tree;
    if (tree->next_body < tree->bodies.size() &&
        tree->bodies[tree->next_body].entity == item.entity) {
      part.raw_body = tree->bodies[tree->next_body++].bytes;
    }
    auto& children = item.entity->body().parts();
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      todo_.push_back({tree, *child, index, item.depth + 1});
    }
    // One level only: each more could hold all bytes once more.
    const bool decodes = tree == trees_.front().get() &&
                         part.type.Is("message", "global") && part.is_encoded();
    if (decodes) {
      const std::string body = part.Body();
      part.raw_body = {};
      AddTree(body, index, item.depth + 1);
    }
  }

  Message* const message_;
  Budget* const budget_;
  std::vector<std::unique_ptr<Tree>> trees_;
  std::vector<Item> todo_;
};

}  // namespace

Message Message::Parse(std::string_view bytes) {
  Message message;
  Budget budget;
  budget.truncated = bytes.size() > limits::kMessageSize;
  Flattener(&message, &budget).Run(bytes.substr(0, limits::kMessageSize));
  message.truncated = budget.truncated;
  return message;
}

}  // namespace postbounce
