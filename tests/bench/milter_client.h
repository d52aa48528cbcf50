#ifndef POSTBOUNCE_TESTS_BENCH_MILTER_CLIENT_H_
#define POSTBOUNCE_TESTS_BENCH_MILTER_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postbounce {

// An MTA at a milter's socket, as Postfix is one: what need not be answered is
// sent together with what must.
class MilterClient {
 public:
  // Connects and negotiates; `internal`: as Postfix shows a bounce of its own.
  MilterClient(const std::string& path, bool internal);
  ~MilterClient();
  MilterClient(const MilterClient&) = delete;
  MilterClient& operator=(const MilterClient&) = delete;

  // What each step is answered: c, a, t, r, d, or y for a reply of its own; "c"
  // where no answer is wanted. 0: the connection has ended.
  char Mail(std::string_view sender);
  char Recipient(std::string_view recipient);
  char Data();
  // Header, body and the end of the message.
  char Content(std::string_view fields, std::string_view body);
  void Abort();
  // Sends half of what a step is, and no more.
  void Break();

 private:
  void Add(char command, std::string_view data);
  void AddMacros(char command, std::string_view name, std::string_view value);
  bool Flush();
  bool Read(char* to, std::size_t size);
  char Answer();
  char AnswerUnless(std::uint32_t silent);

  const bool internal_;
  int fd_ = -1;
  std::uint32_t steps_ = 0;  // as negotiated
  std::string output_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_MILTER_CLIENT_H_
