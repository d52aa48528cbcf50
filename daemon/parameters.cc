#include <array>

#include "daemon/config.h"

namespace postbounce {
namespace {

using enum ParameterType;
using enum Reload;

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kGiB = 1u << 30;
constexpr std::uint64_t kDay = 86400;

// clang-format off
constexpr auto kParameters = std::to_array<Parameter>({
    {"store.path", kPath, "\"/var/lib/postbounce/postbounce.db\"",
     &Config::store_path, kRestart,
     "The database file."},
    {"store.site_key", kPath, "\"/var/lib/postbounce/site.key\"",
     &Config::store_site_key, kRestart,
     "The secret that addresses are keyed with; made at the first start."},
    {"store.keep_mail", kDuration, "\"30d\"",
     &Config::store_keep_mail, kLive,
     "How long the kept part of a bounce can be shown.", 0, 3650 * kDay},
    {"store.keep_unread", kSize, "\"1GiB\"",
     &Config::store_keep_unread, kLive,
     "Mail that nobody has looked at: a warning is logged above this size.",
     kMiB},
    {"store.keep_log", kDuration, "\"400d\"",
     &Config::store_keep_log, kLive,
     "How long it is known what the logs said of each message.", kDay,
     3650 * kDay},
    {"store.keep_log_lines", kDuration, "\"30d\"",
     &Config::store_keep_log_lines, kLive,
     "How long their lines can be shown.", 0, 3650 * kDay},
    {"store.log_lines", kLogLines, "\"failures\"",
     &Config::store_log_lines, kRestart,
     "Which messages' lines are kept: none, failures or all."},
    {"intake.message_size", kSize, "\"64MiB\"",
     &Config::intake_message_size, kLive,
     "How much of a message is read; what lies behind it is dropped.",
     64 << 10, 64 * kMiB},
    {"intake.memory", kSize, "\"256MiB\"",
     &Config::intake_memory, kRestart,
     "All messages being received and not yet stored; senders wait above it.",
     kMiB, 64 * kGiB},
    {"intake.forward", kAddress, "\"\"",
     &Config::intake_forward, kLive,
     "Where mail from people is sent on to; empty: it waits in the inbox."},
    {"intake.sendmail", kPath, "\"/usr/sbin/sendmail\"",
     &Config::intake_sendmail, kLive,
     "The sendmail(1) that sends it on."},
    {"intake.original_fields", kTextList, "[]",
     &Config::intake_original_fields, kLive,
     "Header fields of the returned message to keep, such as X-Campaign."},
    {"lmtp.listen", kSocketList,
     "[\"unix:/var/spool/postfix/postbounce/lmtp\"]",
     &Config::lmtp_listen, kRestart,
     "Where bounces come in."},
    {"lmtp.mode", kMode, "\"0660\"",
     &Config::lmtp_mode, kRestart,
     "Permissions of its unix sockets.", 0, 0777},
    {"lmtp.group", kText, "\"postbounce-in\"",
     &Config::lmtp_group, kRestart,
     "Group of its unix sockets; empty: the daemon's own."},
    {"lmtp.sessions", kNumber, "200",
     &Config::lmtp_sessions, kLive,
     "Connections at a time; further ones are told to come later.", 1, 10000},
    {"lmtp.timeout", kDuration, "\"5m\"",
     &Config::lmtp_timeout, kLive,
     "A connection that is silent for so long is closed.", 1, kDay},
    {"query.listen", kSocketList,
     "[\"unix:/var/spool/postfix/postbounce/query\"]",
     &Config::query_listen, kRestart,
     "Where questions about single addresses are answered."},
    {"query.mode", kMode, "\"0660\"",
     &Config::query_mode, kRestart,
     "Permissions of its unix sockets.", 0, 0777},
    {"query.group", kText, "\"postbounce\"",
     &Config::query_group, kRestart,
     "Group of its unix sockets; empty: the daemon's own."},
    {"query.sessions", kNumber, "200",
     &Config::query_sessions, kLive,
     "Connections at a time, also of the control socket.", 1, 10000},
    {"control.listen", kUnixSocket,
     "\"unix:/var/spool/postfix/postbounce/control\"",
     &Config::control_listen, kRestart,
     "Where root and the daemon's own user see and change everything."},
    {"rules.files", kPathList, "[]",
     &Config::rules_files, kLive,
     "Rule files of your own; they win over those that ship."},
    {"origin.local_domains", kTextList, "[]",
     &Config::origin_local_domains, kLive,
     "Domains that this site receives mail for; empty: postconf(1) is asked."},
    {"origin.trusted_clients", kNetworkList, "[\"127.0.0.0/8\", \"::1\"]",
     &Config::origin_trusted_clients, kLive,
     "Clients whose mail is this site's own, without a login."},
    {"origin.senders", kTextList, "[]",
     &Config::origin_senders, kLive,
     "Addresses and domains whose mail is this site's own, however it came."},
    {"origin.hosts", kTextList, "[]",
     &Config::origin_hosts, kLive,
     "What this site's Postfix calls itself; empty: postconf(1) is asked."},
    {"address.fold_local_part", kFlag, "true",
     &Config::address_fold_local_part, kRestart,
     "Whether Joe@example.org and joe@example.org are one address."},
    {"verp.keys", kPath, "\"/var/lib/postbounce/verp.keys\"",
     &Config::verp_keys, kLive,
     "The secrets that bounce addresses are signed with, if there are any."},
    {"verp.delimiter", kDelimiter, "\"+\"",
     &Config::verp_delimiter, kLive,
     "What stands between the parts of a bounce address: +, -, _ or =."},
    {"daemon.log_level", kLogLevel, "\"info\"",
     &Config::daemon_log_level, kLive,
     "What is logged: error, warning, info or debug."},
});

constexpr auto kLogParameters = std::to_array<LogParameter>({
    {"log.name", kText, "\"mail\"",
     &LogConfig::name, kRestart,
     "What the log is called; each has a name of its own."},
    {"log.files", kPathList, "[]",
     &LogConfig::files, kRestart,
     "Files to follow; * and ? stand for any part of a file's name."},
    {"log.journal", kMatchList, "[]",
     &LogConfig::journal, kRestart,
     "Matches of systemd's journal, such as \"SYSLOG_FACILITY=2\"."},
    {"log.socket", kAnySocket, "\"\"",
     &LogConfig::socket, kRestart,
     "Where syslog sends lines to; each comes at most once."},
    {"log.start", kLogStart, "\"end\"",
     &LogConfig::start, kRestart,
     "Where a new log begins: with its end, or the beginning of what is there."},
    {"log.trust", kLogTrust, "\"full\"",
     &LogConfig::trust, kRestart,
     "full: its failures count; none: they are only shown."},
});
// clang-format on

}  // namespace

std::span<const Parameter> AllParameters() { return kParameters; }

std::span<const LogParameter> LogParameters() { return kLogParameters; }

}  // namespace postbounce
