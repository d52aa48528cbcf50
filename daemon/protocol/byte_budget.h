#ifndef POSTBOUNCE_DAEMON_PROTOCOL_BYTE_BUDGET_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_BYTE_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <utility>

namespace postbounce {

// How many bytes of mail the daemon holds at most, from the first octet of
// DATA until they are committed. Thread-safe.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t total) : total_(total), free_(total) {}

  std::size_t total() const { return total_; }
  std::size_t used() const { return total_ - free_; }

  // A part of the budget, given back by the destructor.
  class Share {
   public:
    Share() = default;
    explicit Share(ByteBudget* budget) : budget_(budget) {}
    Share(Share&& other) noexcept
        : budget_(other.budget_), size_(std::exchange(other.size_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(size_, other.size_);
      return *this;
    }
    ~Share() { Release(); }

    // Grows the share to at least `size` bytes; false, and as it was, when
    // the budget has no room.
    bool Grow(std::size_t size) {
      if (size <= size_) return true;
      if (!budget_->Take(size - size_)) return false;
      size_ = size;
      return true;
    }
    std::size_t size() const { return size_; }
    void Release() {
      if (size_ > 0) budget_->free_ += std::exchange(size_, 0);
    }

   private:
    ByteBudget* budget_ = nullptr;
    std::size_t size_ = 0;
  };

 private:
  bool Take(std::size_t size) {
    std::size_t free = free_;
    while (size <= free) {
      if (free_.compare_exchange_weak(free, free - size)) return true;
    }
    return false;
  }

  const std::size_t total_;
  std::atomic<std::size_t> free_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_BYTE_BUDGET_H_
