#include "tests/bench/milter_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "tests/bench/bench_daemon.h"

namespace postbounce {
namespace {

// SMFIP_... of libmilter/mfdef.h, which this does without.
constexpr std::uint32_t kNoData = 0x200;
constexpr std::uint32_t kSilentRecipient = 0x8000;
constexpr std::uint32_t kSilentConnect = 0x1000;
constexpr std::uint32_t kAllSteps = 0x1fffff;
constexpr std::uint32_t kAllActions = 0x1ff;
constexpr std::uint32_t kVersion = 6;
constexpr std::size_t kLargestAnswer = 1u << 20;

std::string InNetworkOrder(std::uint32_t number) {
  number = htonl(number);
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::uint32_t NumberAt(const char* bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return ntohl(number);
}

std::string Ended(std::string_view text) { return std::string(text) + '\0'; }

std::string Path(std::string_view address) {
  std::string path = "<";
  return Ended(path.append(address).append(">"));
}

}  // namespace

MilterClient::MilterClient(const std::string& path, bool internal)
    : internal_(internal), fd_(Connect(path)) {
  if (fd_ < 0) return;
  Add('O', InNetworkOrder(kVersion) + InNetworkOrder(kAllActions) +
               InNetworkOrder(kAllSteps));
  char head[5] = {};
  if (!Flush() || !Read(head, sizeof head)) return;
  std::string rest(NumberAt(head) - 1, '\0');
  if (!Read(rest.data(), rest.size())) return;
  steps_ = NumberAt(rest.data() + 8);
  AddMacros('C', "{daemon_port}", internal ? "0" : "25");
  Add('C', Ended(internal ? "localhost" : "mx.example.org") + "4" +
               std::string(2, internal ? '\0' : '\1') +
               Ended(internal ? "127.0.0.1" : "192.0.2.1"));
  AnswerUnless(kSilentConnect);
}

MilterClient::~MilterClient() {
  Add('Q', "");
  Flush();
  if (fd_ >= 0) close(fd_);
}

char MilterClient::Mail(std::string_view sender) {
  AddMacros('M', "{auth_authen}", "");
  Add('M', internal_ ? Ended(sender) : Path(sender));
  return AnswerUnless(0);
}

char MilterClient::Recipient(std::string_view recipient) {
  Add('R', Path(recipient));
  return AnswerUnless(kSilentRecipient);
}

char MilterClient::Data() {
  if ((steps_ & kNoData) != 0) return 'c';
  Add('T', "");
  return AnswerUnless(0);
}

char MilterClient::Content(std::string_view fields, std::string_view body) {
  while (!fields.empty()) {
    const std::string_view field = fields.substr(0, fields.find('\n'));
    fields.remove_prefix(std::min(field.size() + 1, fields.size()));
    const std::size_t colon = field.find(':');
    Add('L', Ended(field.substr(0, colon)) + Ended(field.substr(colon + 1)));
  }
  Add('N', "");
  constexpr std::size_t kChunk = 65535;
  for (; !body.empty(); body.remove_prefix(std::min(kChunk, body.size()))) {
    Add('B', body.substr(0, kChunk));
  }
  Add('E', "");
  return AnswerUnless(0);
}

void MilterClient::Abort() { Add('A', ""); }

void MilterClient::Break() {
  Add('B', "half of it");
  output_.resize(output_.size() - 5);
  Flush();
}

void MilterClient::Add(char command, std::string_view data) {
  output_ += InNetworkOrder(static_cast<std::uint32_t>(data.size() + 1));
  output_ += command;
  output_ += data;
}

void MilterClient::AddMacros(char command, std::string_view name,
                             std::string_view value) {
  std::string macros(1, command);
  macros.append(Ended(name)).append(Ended(value));
  Add('D', macros);
}

bool MilterClient::Flush() {
  std::string_view rest = output_;
  while (!rest.empty()) {
    const ssize_t sent = send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  output_.clear();
  return true;
}

bool MilterClient::Read(char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = read(fd_, to, size);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

char MilterClient::AnswerUnless(std::uint32_t silent) {
  return (steps_ & silent) != 0 ? 'c' : Answer();
}

// Changes of the header come before the answer.
char MilterClient::Answer() {
  if (!Flush()) return 0;
  for (;;) {
    char head[5] = {};
    if (!Read(head, sizeof head)) return 0;
    const std::uint32_t size = NumberAt(head);
    if (size == 0 || size > kLargestAnswer) return 0;
    std::string rest(size - 1, '\0');
    if (!Read(rest.data(), rest.size())) return 0;
    if (std::strchr("actrdy", head[4]) != nullptr) return head[4];
  }
}

}  // namespace postbounce
