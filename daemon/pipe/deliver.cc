#include "daemon/pipe/deliver.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "daemon/pipe/encode.h"
#include "daemon/pipe/fail.h"
#include "daemon/pipe/peer.h"

namespace postbounce::pipe {
namespace {

// A server that lives greets at once.
constexpr int kGreetingSeconds = 10;
constexpr size_t kInput = size_t{32} << 10;
// RCPT commands before their replies are read; neither side's socket buffer
// may fill while nobody reads.
constexpr int kGroup = 50;

static_assert(BodyEncoder::MaxEncoded(kInput) < Peer::kMaxRoom);

bool IsAscii(const char* text) {
  for (; *text != '\0'; ++text) {
    if (static_cast<unsigned char>(*text) >= 0x80) return false;
  }
  return true;
}

void Expect(Peer* peer, int code, const char* what) {
  if (peer->ReadReply() != code) Fail(what, peer->line());
}

void SayHello(Peer* peer) {
  char name[256];
  if (gethostname(name, sizeof(name)) != 0) name[0] = '\0';
  name[sizeof(name) - 1] = '\0';
  for (char* p = name; *p != '\0'; ++p) {
    if (strchr("<> \t\r\n", *p) != nullptr) *p = '-';
  }
  peer->Write("LHLO ");
  peer->Write(name[0] != '\0' ? name : "localhost");
  peer->Write("\r\n");
  Expect(peer, 250, "LHLO");
}

void WritePath(Peer* peer, const char* command, const char* address) {
  peer->Write(command);
  peer->Written(EncodePath(address, peer->Room(kMaxPath)));
  peer->Write(">");
}

void WriteMail(Peer* peer, const Options& options) {
  bool is_ascii = IsAscii(options.sender);
  for (char** p = options.recipients; *p != nullptr; ++p) {
    is_ascii = is_ascii && IsAscii(*p);
  }
  WritePath(peer, "MAIL FROM:<", options.sender);
  peer->Write(is_ascii ? "\r\n" : " SMTPUTF8\r\n");
}

// What became of the recipients.
struct Recipients {
  int accepted = 0;
  char refusal[512] = "";  // the last one
};

// Sends MAIL, RCPT and DATA, and reads the replies. A refused recipient does
// not keep the others waiting, but all will be tried again.
void SendEnvelope(Peer* peer, const Options& options, Recipients* recipients) {
  WriteMail(peer, options);
  bool is_first = true;
  for (char** p = options.recipients; *p != nullptr;) {
    int group = 0;
    for (; group < kGroup && *p != nullptr; ++group, ++p) {
      // An empty argument is no null recipient; there is none.
      WritePath(peer, "RCPT TO:<", **p != '\0' ? *p : "\"\"");
      peer->Write("\r\n");
    }
    if (*p == nullptr) peer->Write("DATA\r\n");
    if (is_first) Expect(peer, 250, "MAIL");
    is_first = false;
    for (; group > 0; --group) {
      if (peer->ReadReply() == 250) {
        ++recipients->accepted;
      } else {
        strcpy(recipients->refusal, peer->line());
      }
    }
  }
  const int code = peer->ReadReply();
  if (recipients->accepted == 0) Fail("RCPT", recipients->refusal);
  if (code != 354) Fail("DATA", peer->line());
}

// Without the final dot the server throws the message away, so a message is
// stored whole or not at all.
void SendBody(Peer* peer, int64_t deadline) {
  BodyEncoder encoder;
  char input[kInput];
  for (;;) {
    WaitFor(STDIN_FILENO, POLLIN, deadline, "read the message");
    const ssize_t size = read(STDIN_FILENO, input, sizeof(input));
    if (size == 0) break;
    if (size < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      FailWithErrno("read the message");
    }
    const auto count = static_cast<size_t>(size);
    char* const room = peer->Room(BodyEncoder::MaxEncoded(count));
    peer->Written(encoder.Encode(input, count, room));
  }
  peer->Written(encoder.End(peer->Room(BodyEncoder::kMaxEnd)));
  peer->Write("QUIT\r\n");
}

}  // namespace

void Deliver(const Options& options) {
  const int64_t now = MonotonicNow();
  const int64_t deadline = now + int64_t{options.seconds} * 1000;
  const int greeting =
      options.seconds < kGreetingSeconds ? options.seconds : kGreetingSeconds;
  Peer peer(options.server, options.server_size,
            now + int64_t{greeting} * 1000);
  Expect(&peer, 220, "greeting");
  SayHello(&peer);
  peer.set_deadline(deadline);
  Recipients recipients;
  SendEnvelope(&peer, options, &recipients);
  SendBody(&peer, deadline);
  for (int i = 0; i < recipients.accepted; ++i) {
    Expect(&peer, 250, "end of data");
  }
  if (recipients.refusal[0] != '\0') Fail("RCPT", recipients.refusal);
}

}  // namespace postbounce::pipe
