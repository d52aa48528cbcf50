#include <gtest/gtest.h>

#include <string>

#include "daemon/cli/verb.h"
#include "daemon/config.h"

namespace postbounce {
namespace {

class VerbsTest : public ::testing::Test {
 protected:
  VerbsTest() { AddVerbs(app_, line_); }

  CommandLine line_;
  CLI::App app_{"test", "postbounce"};
};

TEST_F(VerbsTest, EachHasItsPlaceAndItsOptionsInTheManPage) {
  const std::string page =
      ReadFile(std::string(SOURCE_DIR) + "/man/postbounce.1").value();
  for (const CLI::App* verb : app_.get_subcommands({})) {
    SCOPED_TRACE(verb->get_name());
    EXPECT_NE(page.find(".It Cm " + verb->get_name()), std::string::npos);
    for (const CLI::App* part : verb->get_subcommands({})) {
      EXPECT_NE(
          page.find(".It Cm " + verb->get_name() + " " + part->get_name()),
          std::string::npos)
          << part->get_name();
    }
    for (const CLI::Option* option : verb->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        EXPECT_NE(page.find("Fl -" + name), std::string::npos) << name;
      }
    }
  }
}

TEST_F(VerbsTest, EachThatAnswersHasJson) {
  for (const char* name :
       {"status", "check", "list", "export", "inbox", "stats", "explain",
        "code", "verp", "suppress", "remove", "allow", "undo", "import"}) {
    SCOPED_TRACE(name);
    EXPECT_NE(app_.get_subcommand(name)->get_option_no_throw("--json"),
              nullptr);
  }
  EXPECT_NE(app_.get_subcommand("config")
                ->get_subcommand("check")
                ->get_option_no_throw("--json"),
            nullptr);
}

TEST_F(VerbsTest, LimitsThatCannotBeMeantAreRefused) {
  for (const char* words :
       {"events --limit 0", "events --limit -1", "events --limit 1000001",
        "stats --by day --limit 0", "stats --by day --limit 1001"}) {
    SCOPED_TRACE(words);
    EXPECT_THROW(app_.parse(words), CLI::ValidationError);
  }
}

TEST_F(VerbsTest, OptionsThatSayTwoThingsAreRefused) {
  for (const char* words :
       {"list --allowed --state held", "list --allowed --reason complaint",
        "list --allowed --scope shop", "export --json --format csv"}) {
    SCOPED_TRACE(words);
    EXPECT_THROW(app_.parse(words), CLI::ExcludesError);
  }
}

TEST(CountedTest, OneIsOne) {
  EXPECT_EQ(Counted(0, "failure"), "0 failures");
  EXPECT_EQ(Counted(1, "failure"), "1 failure");
  EXPECT_EQ(Counted(2, "failure"), "2 failures");
}

TEST(TerminalSafeTest, EscapesCommandsOfTerminalsAndNothingElse) {
  EXPECT_EQ(TerminalSafe("\"a\xc2\x9b\x31m\""), "\"a\\u009b1m\"");
  EXPECT_EQ(TerminalSafe("\"\xc2\x80\""), "\"\\u0080\"");
  EXPECT_EQ(TerminalSafe("\"\xc2\xa0\xc3\x84\""), "\"\xc2\xa0\xc3\x84\"");
}

}  // namespace
}  // namespace postbounce
