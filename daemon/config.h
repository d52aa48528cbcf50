#ifndef POSTBOUNCE_DAEMON_CONFIG_H_
#define POSTBOUNCE_DAEMON_CONFIG_H_

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mime/text/result.h"
#include "store/scopes.h"

namespace postbounce {

inline constexpr const char* kDefaultConfigPath =
    "/etc/postbounce/postbounce.toml";

// A source of Postfix's log: a [[log]] of the file. One of files, journal and
// socket is given.
struct LogConfig {
  std::string name;
  std::vector<std::string> files;    // absolute paths and globs
  std::vector<std::string> journal;  // matches, "FIELD=value"
  std::string socket;                // "unix:/path" or "inet:host:port"
  std::string start;                 // "end" or "beginning"
  std::string trust;                 // "full" or "none"

  bool operator==(const LogConfig&) const = default;
};

// What Postfix is told: an [[answer]] of the file. The first one that fits is
// taken; an empty list fits all.
struct AnswerConfig {
  std::vector<std::string> reasons;
  std::vector<std::string> scopes;
  std::string answer;  // see Answer::Parse

  bool operator==(const AnswerConfig&) const = default;
};

// The configuration, checked. Sizes are in bytes, durations in seconds. The
// meaning of each parameter stands in its row of AllParameters().
struct Config {
  std::string store_path;
  std::string store_site_key;
  std::string store_privacy;
  std::uint64_t store_keep_mail = 0;
  std::uint64_t store_keep_unread = 0;
  std::uint64_t store_keep_events = 0;
  std::uint64_t store_keep_log = 0;
  std::uint64_t store_keep_log_lines = 0;
  std::string store_log_lines;
  std::uint64_t intake_message_size = 0;
  std::uint64_t intake_memory = 0;
  std::string intake_forward;
  std::string intake_sendmail;
  std::vector<std::string> intake_original_fields;
  std::vector<std::string> lmtp_listen;
  std::uint64_t lmtp_mode = 0;
  std::string lmtp_group;
  std::uint64_t lmtp_sessions = 0;
  std::uint64_t lmtp_timeout = 0;
  std::vector<std::string> query_listen;
  std::uint64_t query_mode = 0;
  std::string query_group;
  std::uint64_t query_sessions = 0;
  std::string control_listen;
  std::vector<std::string> lookup_policy;
  std::vector<std::string> lookup_socketmap;
  std::vector<std::string> lookup_tcp_table;
  std::uint64_t lookup_mode = 0;
  std::string lookup_group;
  std::uint64_t lookup_sessions = 0;
  std::uint64_t lookup_timeout = 0;
  std::string lookup_answer;
  std::string lookup_fail;
  std::string milter_listen;
  std::uint64_t milter_mode = 0;
  std::string milter_group;
  std::uint64_t milter_connections = 0;
  bool milter_header = false;
  std::vector<std::string> milter_bounce_addresses;
  std::string milter_refuse;
  std::vector<std::string> rules_files;
  std::vector<std::string> origin_local_domains;
  std::vector<std::string> origin_trusted_clients;
  std::vector<std::string> origin_senders;
  std::vector<std::string> origin_hosts;
  std::vector<std::string> origin_internal_relays;
  std::string policy_no_such_user;
  std::string policy_mailbox_disabled;
  std::string policy_mailbox_moved;
  std::string policy_bad_address_syntax;
  std::string policy_no_such_domain;
  std::string policy_domain_accepts_no_mail;
  std::string policy_mailbox_full;
  std::string policy_recipient_refused;
  std::string policy_system_error;
  std::string policy_system_full;
  std::string policy_expired;
  std::string policy_relay_denied;
  std::string policy_smtputf8_unsupported;
  std::string policy_complaint;
  std::uint64_t policy_domain_recipients = 0;
  std::uint64_t policy_domain_days = 0;
  std::uint64_t policy_domain_lasts = 0;
  std::uint64_t policy_success_settle = 0;
  std::string policy_on_success;
  std::string policy_proof;
  std::uint64_t policy_proof_window = 0;
  bool address_fold_local_part = true;
  bool guard_enabled = true;
  std::uint64_t guard_failures = 0;
  std::uint64_t guard_factor = 0;
  std::uint64_t guard_lookback = 0;
  std::uint64_t guard_hold = 0;
  std::string guard_alert;
  std::string verp_keys;
  std::string verp_delimiter;  // one character
  std::string daemon_log_level;
  std::vector<LogConfig> logs;
  std::vector<Scope> scopes;
  std::vector<AnswerConfig> answers;
};

enum class ParameterType {
  kText,
  kReasonPolicy,
  kAddress,     // a mailbox, or empty
  kUnixSocket,  // see Endpoint
  kPath,        // absolute
  kProgram,     // a path, or empty
  kPrivacy,     // clear or hashed
  kLogLevel,    // error, warning, info or debug
  kLogLines,    // none, failures or all
  kLogStart,    // end or beginning
  kLogTrust,    // full or none
  kOnSuccess,   // flag or release
  kProof,       // required or none
  kLookupFail,  // open or closed
  kRefuse,      // off, monitor or on
  kAnswer,      // see Answer::Parse
  kDelimiter,   // one of kVerpDelimiters
  kAnySocket,   // a unix socket, or an inet one on loopback; or empty
  kTextList,
  kSocketList,  // unix sockets, or inet ones on loopback
  kPathList,
  kNetworkList,  // "127.0.0.0/8", "::1"
  kMatchList,    // "FIELD=value"
  kPatternList,  // see AddressPatterns
  kReasonList,
  kFlag,  // true or false
  kNumber,
  kSize,      // "64MiB": a whole number and B, KiB, MiB or GiB
  kDuration,  // "30d": a whole number and s, m, h or d
  kMode,      // "0660": octal
};

// When a change of a parameter takes effect: at once by SIGHUP, or when the
// daemon starts again.
enum class Reload { kLive, kRestart };

// The one place that knows a parameter. The parser, `config check`, the sample
// file's test and the man page's test read this table.
template <class Target>
struct ParameterOf {
  std::string_view name;  // "store.path": table and key of the TOML file
  ParameterType type;
  std::string_view default_value;  // as TOML
  std::variant<std::string Target::*, std::vector<std::string> Target::*,
               std::uint64_t Target::*, bool Target::*>
      member;
  Reload reload;
  std::string_view help;  // one line
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
};
using Parameter = ParameterOf<Config>;
std::span<const Parameter> AllParameters();

// Those of each [[scope]].
using ScopeParameter = ParameterOf<Scope>;
std::span<const ScopeParameter> ScopeParameters();

// Those of each [[answer]].
using AnswerParameter = ParameterOf<AnswerConfig>;
std::span<const AnswerParameter> AnswerParameters();

// Those of each [[log]]; all of them need a restart.
using LogParameter = ParameterOf<LogConfig>;
std::span<const LogParameter> LogParameters();

// Reads a whole configuration. Every error is reported, a line each, with file
// and line: unknown names, wrong types, values out of range.
Result<Config> ParseConfig(std::string_view text, std::string_view file);

// ParseConfig of a file. kNotFound when it cannot be read.
Result<Config> LoadConfig(const std::string& path);

// The whole of a small file. kNotFound when it cannot be opened or read,
// kSyntax when it has more than 16 MiB.
Result<std::string> ReadFile(const std::string& path);

// The parameters that differ and only count after a restart.
std::vector<std::string_view> NeedRestart(const Config& from, const Config& to);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CONFIG_H_
