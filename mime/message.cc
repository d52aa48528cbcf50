#include "mime/message.h"

#include <mimetic/mimetic.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <iterator>
#include <new>
#include <utility>

#include "mime/boundary.h"
#include "mime/entity_header.h"
#include "mime/header_check.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kLeafHeader = "\r\n";
constexpr std::string_view kMessageHeader =
    "Content-Type: message/rfc822\r\n\r\n";
constexpr std::string_view kMultipartHeader =
    "Content-Type: multipart/mixed\r\n\r\n";

// Goes over some text, and then over the bytes from `behind` on. mimetic has a
// line-based parser for forward iterators and a faulty one for pointers, which
// finds boundaries in the middle of a line.
class ByteIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  ByteIterator() = default;
  explicit ByteIterator(const char* at) : at_(at) {}
  ByteIterator(std::string_view text, const char* behind)
      : at_(text.data()), last_(text.data() + text.size()), behind_(behind) {}

  const char* at() const { return at_; }
  reference operator*() const { return *at_; }
  ByteIterator& operator++() {
    if (++at_ == last_) at_ = behind_;
    return *this;
  }
  ByteIterator operator++(int) {
    const ByteIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const ByteIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_ = nullptr;
  const char* last_ = nullptr;
  const char* behind_ = nullptr;
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

// mimetic's parser, which makes the tree of entities, with its search for
// boundaries replaced. It takes quadratic time for long fields and recurses
// without a limit; so headers are read here, within the limits, and mimetic is
// shown the type alone of each. Bodies are noted instead of copied.
class Parser : public ParserBase {
 public:
  // `root` is at `depth` of the whole message.
  Parser(mimetic::MimeEntity& root, int depth, Budget* budget)
      : ParserBase(root), base_depth_(depth), budget_(budget) {}

  void Parse(char* begin, char* end) {
    end_ = end;
    const ByteIterator first = ReadHeaders(begin, base_depth_);
    run(first, ByteIterator(end_));
  }

  // Both in document order.
  std::vector<EntityHeader> TakeHeaders() { return std::move(headers_); }
  std::vector<RawBody> TakeBodies() { return std::move(bodies_); }

 protected:
  // Called by mimetic for each leaf, preamble and epilogue.
  void copy_until_boundary(mimetic::ParsingElem element) override {
    mimetic::MimeEntity* entity = m_entityStack.top();
    const char* begin = std::min<const char*>(m_bit.at(), end_);
    if (element == pePreamble) EnterMultipart(begin);
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

  // The header read last is that of the multipart whose body is at `begin`.
  void EnterMultipart(const char* begin) {
    owners_.push_back(m_entityStack.size());
    ContentType& type = headers_.back().type;
    const std::string boundary =
        BoundaryFor(type.Parameter("boundary"), BodyAt(begin));
    const auto outer = std::next(m_boundaryList.begin());
    const bool is_outer = std::find(outer, m_boundaryList.end(),
                                    "--" + boundary) != m_boundaryList.end();
    if (!is_outer) SetParameter("boundary", boundary, &type);
    m_boundaryList.front() =
        "--" + std::string(Trim(type.Parameter("boundary")));
  }

  std::string_view BodyAt(const char* begin) const {
    return {begin, static_cast<std::size_t>(end_ - begin)};
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
      } else if (line.next < end_) {
        m_bit = ReadHeaders(const_cast<char*>(line.next),
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

  // Reads the header at `begin`, of an entity at `depth`, and those of the
  // messages that follow inside each other before a body is reached. Returns
  // what mimetic is to read instead.
  ByteIterator ReadHeaders(char* begin, int depth) {
    std::string& shown = shown_.emplace_back();
    for (bool more = true; more; ++depth) {
      if (depth > limits::kMimeDepth || budget_->parts == 0) {
        Cut(begin);
        break;
      }
      --budget_->parts;
      HeaderCheck check = CheckHeader(begin, end_);
      begin = check.next;
      EntityHeader& header = headers_.emplace_back();
      header.fields = std::move(check.fields);
      header.type =
          TypeOf(header.fields, m_boundaryList.empty(), BodyAt(begin));
      more = HoldsMessage(header) && check.cut == nullptr;
      shown += more                              ? kMessageHeader
               : header.type.type == "multipart" ? kMultipartHeader
                                                 : kLeafHeader;
      if (check.cut != nullptr) Cut(check.cut);
    }
    return shown.empty() ? ByteIterator(begin) : ByteIterator(shown, begin);
  }

  // Ends the input at `where`.
  void Cut(char* where) {
    budget_->truncated = true;
    end_ = where;
    m_eit = ByteIterator(where);
  }

  const int base_depth_;
  Budget* const budget_;
  char* end_ = nullptr;
  std::vector<RawBody> bodies_;
  // For each multipart that is open, outermost first, how deep in mimetic's
  // stack it is: the depth of its children below ours.
  std::vector<std::size_t> owners_;
  std::vector<EntityHeader> headers_;
  std::deque<std::string> shown_;  // what iterators may point into
};

// One run of mimetic over one piece of storage.
struct Tree {
  mimetic::MimeEntity root;
  std::shared_ptr<std::string> storage;
  std::vector<EntityHeader> headers;
  std::vector<RawBody> bodies;
  std::size_t next_header = 0;
  std::size_t next_body = 0;
};

void ParseTree(int depth, Budget* budget, Tree* tree) {
  char* begin = tree->storage->data();
  char* end = begin + tree->storage->size();
  MendBareCr(begin, end);
  Parser parser(tree->root, depth, budget);
  try {
    parser.Parse(SkipToHeader(begin, end), end);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    // What was read before stays.
    budget->truncated = true;
  }
  tree->headers = parser.TakeHeaders();
  tree->bodies = parser.TakeBodies();
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
      // Where a limit cut, there may be an entity whose header was not read.
      if (item.tree->next_header == item.tree->headers.size()) continue;
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
    trees_.push_back(std::make_unique<Tree>());
    Tree* tree = trees_.back().get();
    tree->storage = std::make_shared<std::string>(bytes);
    message_->storage.push_back(tree->storage);
    ParseTree(depth, budget_, tree);
    todo_.push_back({tree, &tree->root, parent, depth});
  }

  void AddPart(const Item& item) {
    const int index = static_cast<int>(message_->parts.size());
    Part& part = message_->parts.emplace_back();
    part.parent = item.parent;
    part.depth = item.depth;
    Tree* tree = item.tree;
    EntityHeader& header = tree->headers[tree->next_header++];
    part.header = Header(std::move(header.fields), tree->storage);
    part.type = std::move(header.type);
    if (tree->next_body < tree->bodies.size() &&
        tree->bodies[tree->next_body].entity == item.entity) {
      part.raw_body = tree->bodies[tree->next_body++].bytes;
    }
    auto& children = item.entity->body().parts();
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      todo_.push_back({tree, *child, index, item.depth + 1});
    }
    // One level only: each more could hold all bytes once more.
    const bool decodes = tree == trees_.front().get() && IsMessage(part.type) &&
                         part.is_encoded();
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
