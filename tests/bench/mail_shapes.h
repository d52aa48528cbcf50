#ifndef POSTBOUNCE_TESTS_BENCH_MAIL_SHAPES_H_
#define POSTBOUNCE_TESTS_BENCH_MAIL_SHAPES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// A mail that can be made in any size: what an attacker, or a broken program,
// might send to keep a reader busy.
struct MailShape {
  std::string_view name;
  std::string_view head;
  std::string_view unit;  // over and over, '#' being a number that counts up
  std::string_view tail;
};

const std::vector<MailShape>& MailShapes();

// A mail of that shape and of about `size` bytes.
std::string MakeMail(const MailShape& shape, std::size_t size);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_MAIL_SHAPES_H_
