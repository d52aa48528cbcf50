#include "mime/text/verp.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/cli/verb.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/request.h"
#include "daemon/verp_key_file.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using std::chrono::sys_days;

struct Options {
  std::vector<std::string> addresses;
  std::string from;
  std::string day;
  std::string bounce;
  bool with_address = false;
  bool new_key = false;
  bool json = false;
};

std::string_view NameOf(VerpProof proof) {
  switch (proof) {
    case VerpProof::kNone:
      return "none";
    case VerpProof::kUnsigned:
      return "unsigned";
    case VerpProof::kSigned:
      return "signed";
  }
  return "";
}

std::string DateOf(sys_days day) { return FormatTimestamp(day).substr(0, 10); }

Result<sys_days> DayOf(const std::string& text) {
  if (text.empty()) return std::chrono::floor<std::chrono::days>(Now());
  const auto time = ParseTime(text, Now());
  if (!time) return time.error();
  return std::chrono::floor<std::chrono::days>(*time);
}

int NewKey(const std::string& path, const Options& options) {
  const auto id = AddVerpKey(path);
  if (!id) return Complain(id.error());
  if (options.json) {
    PrintJson({{"file", path}, {"key", *id}});
  } else {
    fmt::print("{} signs with key {} from now on; reload the daemon\n",
               Printable(path, 400), *id);
  }
  return kExitDone;
}

// One bounce address a line, those that cannot be made left out.
int Make(const VerpKeys& keys, const std::string& file, char delimiter,
         const Options& options) {
  if (keys.newest() == nullptr) {
    return Complain(Error(ErrorCode::kNotFound,
                          Printable(file, 400) +
                              " has no key to sign with: postbounce verp "
                              "--new-key makes one"));
  }
  const auto from = Address::Parse(options.from);
  if (!from) return Complain(from.error());
  const auto day = DayOf(options.day);
  if (!day) return Complain(day.error());
  const VerpForm form{*from, delimiter, options.with_address};
  int exit_code = kExitDone;
  for (const std::string& text : options.addresses) {
    const auto mailed = Address::Parse(text);
    const auto made = mailed ? MakeVerp(keys, form, *mailed, *day)
                             : Result<Address>(mailed.error());
    if (!made) {
      exit_code = Complain(made.error());
    } else if (options.json) {
      PrintJson({{"address", mailed->ToString()},
                 {"bounce_address", made->ToString()},
                 {"day", DateOf(*day)}});
    } else {
      fmt::print("{}\n", made->ToString());
    }
  }
  return exit_code;
}

void Print(const Address& mailed, const VerpFinding& found, bool as_json) {
  const bool is_signed = found.proof == VerpProof::kSigned;
  const std::string day = is_signed ? DateOf(found.day) : "";
  if (as_json) {
    json::object object{{"address", mailed.ToString()},
                        {"proof", NameOf(found.proof)}};
    object["day"] = is_signed ? json::value(day) : json::value(nullptr);
    return PrintJson(object);
  }
  fmt::print("{:<10}{:<12}{}\n", NameOf(found.proof), day,
             Printable(mailed.ToString(), 400));
}

int Check(const VerpKeys& keys, char delimiter, const Options& options) {
  const auto bounce = Address::Parse(options.bounce);
  if (!bounce) return Complain(bounce.error());
  int exit_code = kExitDone;
  for (const std::string& text : options.addresses) {
    const auto mailed = Address::Parse(text);
    if (!mailed) return Complain(mailed.error());
    const VerpFinding found = FindVerp(keys, delimiter, *bounce, *mailed);
    if (found.proof != VerpProof::kSigned) exit_code = kExitNo;
    Print(*mailed, found, options.json);
  }
  return exit_code;
}

int RunVerp(const CommandLine& line, const Options& options) {
  const auto config = LoadConfig(ConfigPathOf(line));
  if (!config) return Complain(config.error());
  if (options.new_key) return NewKey(config->verp_keys, options);
  const auto keys = LoadVerpKeys(config->verp_keys);
  if (!keys) return Complain(keys.error());
  const char delimiter = config->verp_delimiter.front();
  return options.bounce.empty()
             ? Make(*keys, config->verp_keys, delimiter, options)
             : Check(*keys, delimiter, options);
}

// What CLI11 cannot be told: which of the three it is, and of whom.
void RequireTask(const Options& options) {
  if (options.new_key) return;
  if (options.from.empty() && options.bounce.empty()) {
    throw CLI::RequiredError("--from, --check or --new-key");
  }
  if (options.addresses.empty()) throw CLI::RequiredError("ADDRESS");
}

}  // namespace

void AddVerpVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "verp", "Bounce addresses that prove whom a mail was sent to");
  CLI::Option* addresses = verb->add_option(
      "ADDRESS", options->addresses, "whom the mail is, or was, sent to");
  CLI::Option* from = verb->add_option(
      "--from", options->from, "make one from this, bounces@news.example.org");
  verb->add_flag("--long", options->with_address,
                 "append the address, where it fits")
      ->needs(from);
  verb->add_option("--day", options->day, "the day to sign, instead of today")
      ->needs(from);
  CLI::Option* check = verb->add_option(
      "--check", options->bounce,
      "whether this bounce address was signed for ADDRESS; exit code 1 if not");
  check->excludes(from);
  verb->add_flag("--new-key", options->new_key,
                 "make the key file, or append the key that signs from now on")
      ->excludes(from)
      ->excludes(check)
      ->excludes(addresses);
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback([&line, options] {
    RequireTask(*options);
    line.exit_code = RunVerp(line, *options);
  });
}

}  // namespace postbounce
