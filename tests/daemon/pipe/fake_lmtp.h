#ifndef POSTBOUNCE_TESTS_DAEMON_PIPE_FAKE_LMTP_H_
#define POSTBOUNCE_TESTS_DAEMON_PIPE_FAKE_LMTP_H_

#include <string>
#include <thread>
#include <vector>

namespace postbounce {

// A server that does what a script says, for one client.
class FakeLmtp {
 public:
  enum class Wait { kNothing, kLine, kBody };
  enum class Then { kGoOn, kHangUp, kFallSilent };

  struct Step {
    Wait wait = Wait::kNothing;
    std::string reply;
    Then then = Then::kGoOn;
  };

  // A delivery to `recipients` that goes well.
  static std::vector<Step> GoodScript(int recipients = 1);

  // Listens at `path`, or at a free port of 127.0.0.1 or ::1. `chunk` bytes
  // are read at a time.
  enum class Where { kUnix, kInet4, kInet6 };
  FakeLmtp(std::vector<Step> script, Where where = Where::kUnix,
           std::size_t chunk = 65536);
  ~FakeLmtp();
  FakeLmtp(const FakeLmtp&) = delete;
  FakeLmtp& operator=(const FakeLmtp&) = delete;

  // What goes behind -s.
  const std::string& address() const { return address_; }

  // Waits for the end of the connection. Then: the commands, and the content
  // with its dots; whether its end was seen.
  void Join();
  const std::vector<std::string>& lines() const { return lines_; }
  const std::string& body() const { return body_; }
  bool saw_end() const { return saw_end_; }

 private:
  void ListenAtPath();
  void ListenAtPort(Where where);
  void Serve();
  bool Perform(int client, const Step& step);
  bool Read(int client);
  bool ReadLine(int client);
  bool ReadBody(int client);

  const std::vector<Step> script_;
  const std::size_t chunk_;
  std::string folder_;
  std::string address_;
  int listener_ = -1;
  std::string input_;
  std::vector<std::string> lines_;
  std::string body_;
  bool saw_end_ = false;
  std::thread thread_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PIPE_FAKE_LMTP_H_
