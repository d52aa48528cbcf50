#include "daemon/io/milter_bridge.h"

#include <libmilter/mfapi.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include "daemon/io/listen.h"
#include "daemon/io/milter_talks.h"

namespace postbounce {
namespace {

using Action = MilterSession::Action;
using Talk = MilterTalk;
using Verdict = MilterSession::Verdict;

// In seconds. An SMTP client of Postfix's may be silent for five minutes.
constexpr int kSilence = 900;

// The daemon stops, or there is no memory.
Verdict Farewell(bool is_wanted, bool is_internal) {
  if (!is_wanted || is_internal) return {Action::kAccept, {}};
  return {Action::kRefuse,
          {"451", "4.3.2", "the milter is stopping, try again later"}};
}

Talk* TalkOf(SMFICTX* context) {
  return static_cast<Talk*>(smfi_getpriv(context));
}

// libmilter takes what it only reads as char*.
char* Text(const std::string& text) { return const_cast<char*>(text.c_str()); }
char* Text(const char* text) { return const_cast<char*>(text); }

// The reply's text is a format of printf(3) there.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') escaped += '%';
    escaped += c;
  }
  return escaped;
}

sfsistat Answer(SMFICTX* context, const Verdict& verdict) {
  switch (verdict.action) {
    case Action::kContinue:
      return SMFIS_CONTINUE;
    case Action::kAccept:
      return SMFIS_ACCEPT;
    case Action::kDiscard:
      return SMFIS_DISCARD;
    case Action::kRefuse:
      break;
  }
  const MilterReply& reply = verdict.reply;
  smfi_setreply(context, Text(reply.code), Text(reply.status),
                Text(Escaped(reply.text)));
  return reply.is_permanent() ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

// Of a step that says nothing.
sfsistat Silence(const Talk* talk, unsigned long step) {
  return talk != nullptr && (talk->steps & step) != 0 ? SMFIS_NOREPLY
                                                      : SMFIS_CONTINUE;
}

// A step without an answer.
template <class Step>
sfsistat Tell(SMFICTX* context, unsigned long silent, Step step) {
  Talk* const talk = TalkOf(context);
  Call(talk, [&](MilterSession& session) {
    step(session);
    return true;
  });
  return Silence(talk, silent);
}

// The MTA keeps the blank in front of a field's value, or leaves it out.
std::string Blank(const Talk& talk, bool is_ours) {
  const bool is_kept = (talk.steps & SMFIP_HDR_LEADSPC) != 0;
  return is_kept == is_ours ? " " : "";
}

std::string_view Symbol(SMFICTX* context, const char* name) {
  const char* value = smfi_getsymval(context, Text(name));
  return value == nullptr ? std::string_view() : value;
}

std::string_view FirstOf(char** arguments) {
  return arguments == nullptr || arguments[0] == nullptr
             ? std::string_view()
             : std::string_view(arguments[0]);
}

// Only what is looked at, and one for each step that cannot have none.
void WantMacros(SMFICTX* context) {
  smfi_setsymlist(context, SMFIM_CONNECT, Text("{daemon_port}"));
  smfi_setsymlist(context, SMFIM_ENVFROM, Text("{auth_authen}"));
  for (const int step : {SMFIM_ENVRCPT, SMFIM_DATA, SMFIM_EOH, SMFIM_EOM}) {
    smfi_setsymlist(context, step, Text("i"));
  }
}

// Every step that is not answered saves Postfix a wait.
unsigned long StepsOf(const MilterSession& session) {
  unsigned long steps = SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NR_CONN |
                        SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY |
                        SMFIP_HDR_LEADSPC;
  if (!session.answers_recipients()) steps |= SMFIP_NR_RCPT;
  if (!session.answers_data()) steps |= SMFIP_NODATA;
  return steps;
}

sfsistat OnNegotiate(SMFICTX* context, unsigned long actions,
                     unsigned long steps, unsigned long, unsigned long,
                     unsigned long* wanted_actions, unsigned long* wanted_steps,
                     unsigned long* reserved1, unsigned long* reserved2) {
  const MilterVisit visit;
  // The connection ends, and the MTA does what it is told to do without us.
  if (!visit.is_open()) return SMFIS_REJECT;
  try {
    Talk* const talk = Talks().Begin();
    if (talk == nullptr) return SMFIS_REJECT;
    talk->steps = StepsOf(*talk->session) & steps;
    *wanted_steps = talk->steps;
    *wanted_actions =
        (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_SETSYMLIST) & actions;
    *reserved1 = *reserved2 = 0;
    if ((actions & SMFIF_SETSYMLIST) != 0) WantMacros(context);
    smfi_setpriv(context, talk);
  } catch (const std::exception&) {
    return SMFIS_REJECT;
  }
  return SMFIS_CONTINUE;
}

sfsistat OnConnect(SMFICTX* context, char* name, _SOCK_ADDR* address) {
  return Tell(context, SMFIP_NR_CONN, [&](MilterSession& session) {
    session.Connect(name == nullptr ? "" : name, AddressOf(address));
  });
}

sfsistat OnMail(SMFICTX* context, char** arguments) {
  const std::string_view path = FirstOf(arguments);
  Talk* const talk = TalkOf(context);
  if (talk != nullptr) talk->has_failed = false;
  const auto verdict = Call(talk, [&](MilterSession& session) {
    return session.Mail(path, Symbol(context, "{daemon_port}"),
                        Symbol(context, "{auth_authen}"));
  });
  return Answer(context, verdict ? *verdict : Farewell(path == "<>", false));
}

sfsistat OnRecipient(SMFICTX* context, char** arguments) {
  Talk* const talk = TalkOf(context);
  const auto verdict = Call(talk, [&](MilterSession& session) {
    return session.Recipient(FirstOf(arguments));
  });
  const bool is_silent = !verdict || verdict->action == Action::kContinue;
  return is_silent ? Silence(talk, SMFIP_NR_RCPT) : Answer(context, *verdict);
}

sfsistat OnData(SMFICTX* context) {
  const auto verdict = Call(
      TalkOf(context), [](MilterSession& session) { return session.Data(); });
  return verdict ? Answer(context, *verdict) : SMFIS_CONTINUE;
}

sfsistat OnHeader(SMFICTX* context, char* name, char* value) {
  const Talk* const talk = TalkOf(context);
  return Tell(context, SMFIP_NR_HDR, [&](MilterSession& session) {
    session.Header(name, Blank(*talk, false) + value);
  });
}

sfsistat OnEndOfHeader(SMFICTX* context) {
  return Tell(context, SMFIP_NR_EOH,
              [](MilterSession& session) { session.EndOfHeader(); });
}

sfsistat OnBody(SMFICTX* context, unsigned char* bytes, std::size_t size) {
  return Tell(context, SMFIP_NR_BODY, [&](MilterSession& session) {
    session.Body({reinterpret_cast<const char*>(bytes), size});
  });
}

sfsistat OnEndOfMessage(SMFICTX* context) {
  Talk* const talk = TalkOf(context);
  const auto ending =
      Call(talk, [](MilterSession& session) { return session.EndOfMessage(); });
  if (!ending) {
    if (talk == nullptr) return SMFIS_ACCEPT;
    return Answer(context, Farewell(talk->is_collecting, talk->is_internal));
  }
  if (ending->field) {
    const std::string name(kVerdictField);
    // From the last, since each one changes the number of those behind it.
    for (int number = ending->old_fields; number > 0; --number) {
      smfi_chgheader(context, Text(name), number, nullptr);
    }
    smfi_insheader(context, 0, Text(name),
                   Text(Blank(*talk, true) + *ending->field));
  }
  return Answer(context, ending->verdict);
}

sfsistat OnAbort(SMFICTX* context) {
  return Tell(context, 0, [](MilterSession& session) { session.Abort(); });
}

sfsistat OnClose(SMFICTX* context) {
  const MilterVisit visit;
  Talk* const talk = TalkOf(context);
  smfi_setpriv(context, nullptr);
  if (talk != nullptr && visit.is_open()) Talks().End(talk);
  return SMFIS_CONTINUE;
}

}  // namespace

MilterBridge::MilterBridge(Hooks hooks) { Talks().hooks = std::move(hooks); }

Result<void> MilterBridge::Open(const Endpoint& endpoint) {
  endpoint_ = endpoint;
  smfiDesc filter{};
  filter.xxfi_name = Text("postbounce");
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_SETSYMLIST;
  filter.xxfi_connect = OnConnect;
  filter.xxfi_envfrom = OnMail;
  filter.xxfi_envrcpt = OnRecipient;
  filter.xxfi_header = OnHeader;
  filter.xxfi_eoh = OnEndOfHeader;
  filter.xxfi_body = OnBody;
  filter.xxfi_eom = OnEndOfMessage;
  filter.xxfi_abort = OnAbort;
  filter.xxfi_close = OnClose;
  filter.xxfi_data = OnData;
  filter.xxfi_negotiate = OnNegotiate;
  errno = 0;
  if (smfi_register(filter) == MI_SUCCESS &&
      smfi_setconn(Text(endpoint.ForLibmilter())) == MI_SUCCESS &&
      smfi_setbacklog(SOMAXCONN) == MI_SUCCESS &&
      smfi_settimeout(kSilence) == MI_SUCCESS &&
      smfi_opensocket(false) == MI_SUCCESS) {
    struct stat socket;
    if (endpoint.is_unix() && lstat(endpoint.path.c_str(), &socket) == 0) {
      device_ = socket.st_dev;
      inode_ = socket.st_ino;
    }
    return {};
  }
  return Error(ErrorCode::kIo, errno == 0 ? "libmilter does not open it"
                                          : std::strerror(errno));
}

// Signals are for the daemon's own thread.
void MilterBridge::Start() {
  Talks().is_open = true;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([] {
    smfi_main();
    if (Talks().is_open) Talks().hooks.ended();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void MilterBridge::Close() { Talks().is_open = false; }

bool MilterBridge::is_quiet() const { return Talks().inside == 0; }

std::size_t MilterBridge::connections() const {
  const std::lock_guard lock(Talks().mutex);
  return Talks().all.size();
}

// smfi_stop() is not called: it waits for as long as no client comes, up to
// five seconds, and its thread and that of smfi_main() then destroy a mutex
// under each other. Whoever comes now is sent away until the process has ended.
void MilterBridge::End() {
  Close();
  Talks().EndAll();
  struct stat socket;
  if (endpoint_.is_unix() && lstat(endpoint_.path.c_str(), &socket) == 0 &&
      socket.st_dev == device_ && socket.st_ino == inode_) {
    unlink(endpoint_.path.c_str());
  }
}

}  // namespace postbounce

// libmilter has a thread that waits for SIGHUP, SIGINT and SIGTERM, and ends
// libmilter by any of them. Blocked or not, it can take one that was sent to
// the process before the daemon's own thread has seen it. Here it calls this in
// place of libc's, and waits for ever, as it does without a signal.
extern "C" int sigwait(const sigset_t*, int*) {
  for (;;) pause();
}
