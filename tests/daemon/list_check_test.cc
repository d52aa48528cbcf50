#include "daemon/cli/list_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/split_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxRequest = 4096;

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

json::object ResultFor(std::string_view address) {
  json::object result = {{"address", address}};
  if (address.find('@') == address.npos) {
    result["error"] = "no address";
    return result;
  }
  const bool is_dead = address.starts_with("dead");
  const bool is_held = address.starts_with("held");
  result["suppressed"] = is_dead;
  result["state"] = is_dead ? "active" : is_held ? "held" : "none";
  if (is_dead || is_held) result["reason"] = "no-such-user";
  return result;
}

// As a daemon that takes three addresses at once.
json::object AnswerTo(const json::object& request) {
  if (request.at("verb") == "hello") {
    return {{"ok", true}, {"max_request", kMaxRequest}, {"max_addresses", 3}};
  }
  EXPECT_LE(json::serialize(request).size(), kMaxRequest);
  const json::array& addresses = request.at("addresses").as_array();
  EXPECT_LE(addresses.size(), 3u);
  EXPECT_GE(addresses.size(), 1u);
  json::array results;
  for (const json::value& address : addresses) {
    results.push_back(ResultFor(address.as_string()));
  }
  return {{"ok", true}, {"results", std::move(results)}};
}

// Answers in this process, as late as it may.
class FakeAsker : public Asker {
 public:
  Result<json::object> Ask(const json::object& request) override {
    return AnswerTo(request);
  }
  Result<void> AskAll(const Next& next, const Take& take) override {
    std::vector<json::object> answers;
    for (;;) {
      const auto request = next();
      if (!request) return request.error();
      if (*request) {
        requests.push_back(**request);
        answers.push_back(AnswerTo(**request));
        continue;
      }
      if (answers.empty()) return {};
      most_owed = std::max(most_owed, answers.size());
      for (const json::object& answer : std::exchange(answers, {})) {
        const auto taken = take(answer);
        if (!taken) return taken.error();
      }
    }
  }
  Result<json::object> Run(
      json::object, std::vector<OpenFile>,
      const std::function<void(const json::object&)>&) override {
    return json::object();
  }

  std::vector<json::object> requests;
  std::size_t most_owed = 0;  // answers
};

class ListCheckTest : public ::testing::Test {
 protected:
  OpenFile FileWith(std::string_view text) {
    const std::string name = dir_ / std::to_string(++files_);
    std::ofstream(name, std::ios::binary) << text;
    return {Fd(open(name.c_str(), O_RDONLY)), name};
  }

  ListReader ReaderOf(std::vector<std::string_view> texts,
                      const ListFormat& format = {}) {
    std::vector<OpenFile> files;
    for (const std::string_view text : texts) files.push_back(FileWith(text));
    return ListReader(std::move(files), format);
  }

  // "WORD ADDRESS;" of each row, and an error at the end.
  std::string Check(ListReader reader) {
    std::string all;
    const auto done =
        CheckList(asker_, reader, request_, [&all](const CheckedRow& row) {
          all += std::string(AdviceName(row.advice)) + " " +
                 std::string(row.result.at("address").as_string()) + ";";
        });
    return done ? all : all + done.error().ToString();
  }

  TempDir dir_;
  int files_ = 0;
  json::object request_ = {{"verb", "check"}};
  FakeAsker asker_;
};

// The list comes through a pipe, a row at a time, when all before it is told.
TEST_F(ListCheckTest, AnswersAreTakenWhileAListIsWaitedFor) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Fd writer(ends[1]);
  const auto write_row = [&writer](std::string_view row) {
    EXPECT_EQ(write(writer.get(), row.data(), row.size()),
              static_cast<ssize_t>(row.size()));
  };
  std::vector<OpenFile> files;
  files.push_back({Fd(ends[0]), "pipe"});
  ListReader reader(std::move(files), {});
  write_row("ann@a.example\nbob@");
  int told = 0;
  const auto done = CheckList(asker_, reader, request_, [&](const auto& row) {
    EXPECT_EQ(row.advice, Advice::kSendable);
    if (++told == 1) write_row("a.example\n");
    if (told == 2) writer = Fd();
  });
  EXPECT_TRUE(done.has_value());
  EXPECT_EQ(told, 2);
}

TEST_F(ListCheckTest, EachAddressOfAListIsToldInOrder) {
  EXPECT_EQ(Check(ReaderOf({"ann@a.example\n# dead@a.example\n\n  \r\n"
                            "dead@b.example\r\n\tHELD no\nheld@c.example",
                            "\xef\xbb\xbf"
                            "bob@d.example\n"})),
            "sendable ann@a.example;suppressed dead@b.example;invalid HELD no;"
            "held held@c.example;sendable bob@d.example;");
  EXPECT_EQ(asker_.requests.size(), 2u);
  EXPECT_FALSE(asker_.requests[0].contains("sender"));
  EXPECT_EQ(Check(ReaderOf({""})), "");
}

TEST_F(ListCheckTest, TheSenderGoesWithEachRequest) {
  request_["user"] = "till";
  Check(ReaderOf({"ann@a.example\n"}));
  EXPECT_EQ(asker_.requests.at(0).at("user"), "till");
}

TEST_F(ListCheckTest, ColumnsAreFoundByNameOrNumber) {
  const std::string_view named =
      "\xef\xbb\xbfName, E-Mail \r\n\"Dead, Joe\",dead@b.example\r\n\r\n"
      "#Ann,\" ann@a.example\"\r\nBob\r\n";
  const ListFormat by_name{"e-mail"}, by_number{"2"};
  EXPECT_EQ(Check(ReaderOf({named, named.substr(0, 18)}, by_name)),
            "suppressed dead@b.example;sendable ann@a.example;invalid ;");
  EXPECT_EQ(Check(ReaderOf({"x,dead@b.example\n"}, by_number)),
            "suppressed dead@b.example;");
  EXPECT_EQ(Check(ReaderOf({"x;dead@b.example\n"}, {"2", ';'})),
            "suppressed dead@b.example;");
  const std::string missing = Check(ReaderOf({named}, {"mail"}));
  EXPECT_NE(missing.find("names no such column: \"mail\""), missing.npos);
  EXPECT_FALSE(ReaderOf({"\n"}, by_name).ReadHeader());
}

TEST_F(ListCheckTest, AllFilesHaveTheNamesOfTheFirstOne) {
  ListReader reader = ReaderOf(
      {"mail,x\r\n", "\xef\xbb\xbf\"mail\", x\na@b.example,1\r\n"}, {"mail"});
  EXPECT_EQ(reader.ReadHeader().value(), "mail,x\r\n");
  const ListedRow row = reader.Next().value().value();
  EXPECT_EQ(row.address, "a@b.example");
  EXPECT_EQ(row.row.bytes, "a@b.example,1\r\n");
  EXPECT_EQ(row.row.line, 2u);
  EXPECT_FALSE(reader.Next().value().has_value());
  EXPECT_EQ(ReaderOf({"a,b\n"}, {"1"}).ReadHeader().value(), "");
}

TEST_F(ListCheckTest, AFileWithOtherNamesOrNoneIsRefused) {
  const struct {
    std::vector<std::string_view> files;
    const char* error;
  } kCases[] = {
      {{"mail,x\na@b.example,1\n", "x,mail\n1,b@b.example\n"},
       ": the first row is not that of the first file"},
      {{"mail,x\n", "mail\nb@b.example\n"},
       ": the first row is not that of the first file"},
      {{"", "mail\nb@b.example\n"}, ": there is no row with the names"},
      {{"mail\n", "\n", "mail\n"}, ": there is no row with the names"},
      {{"mail\n", ""}, ": there is no row with the names"},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.files.front());
    SCOPED_TRACE(one.files.back());
    const std::string told = Check(ReaderOf(one.files, {"mail"}));
    EXPECT_NE(told.find(one.error), told.npos) << told;
    EXPECT_EQ(told.find("b@b.example"), told.npos) << told;
  }
}

TEST_F(ListCheckTest, OnlyTheFirstFileKeepsItsByteOrderMark) {
  const std::string_view text =
      "\xef\xbb\xbf"
      "a@b.example\n";
  ListReader reader = ReaderOf({text, text});
  EXPECT_EQ(reader.Next().value()->row.bytes, text);
  EXPECT_EQ(reader.Next().value()->row.bytes, "a@b.example\n");
}

TEST_F(ListCheckTest, LongRowsDoNotAllWaitAtOnce) {
  const std::string row = "a@b.example," + std::string(1u << 19, 'x') + "\n";
  std::string rows;
  for (int i = 0; i < 40; ++i) rows += row;
  EXPECT_FALSE(Check(ReaderOf({rows}, {"1"})).empty());
  EXPECT_EQ(asker_.most_owed, 6u);  // of 3 rows each: 16 rows are 8 MiB
}

TEST_F(ListCheckTest, WhatNoRequestCanHoldIsInvalid) {
  for (const std::string& address :
       {std::string("\xff@a.example"), std::string(1000, '\x01') + "@a.example",
        std::string(9999, 'a') + "@a.example"}) {
    SCOPED_TRACE(address.substr(0, 10));
    const std::string told = Check(ReaderOf({address + "\nok@a.example\n"}));
    EXPECT_TRUE(told.starts_with("invalid "));
    EXPECT_TRUE(told.ends_with(";sendable ok@a.example;"));
  }
}

TEST_F(ListCheckTest, RequestsAreAsLongAsTheyMayBe) {
  const std::string quotes = std::string(1270, '"') + "@a.example\n";
  Check(ReaderOf({quotes + quotes + quotes + "a@b.example\nb@b.example\n"}));
  EXPECT_EQ(asker_.requests.size(), 3u);
  request_["sender"] = std::string(4096, 'x');
  const std::string error = Check(ReaderOf({"a@b.example\n"}));
  EXPECT_NE(error.find("no room"), error.npos) << error;
}

TEST_F(ListCheckTest, ABrokenListEndsWithAnErrorThatNamesTheFile) {
  const std::string error = Check(ReaderOf({"a@b.example\n\"x\n"}, {"1"}));
  EXPECT_NE(error.find("/1: a quote is not closed"), error.npos) << error;
}

TEST(AdviceTest, OnlyAClearAnswerIsSendable) {
  const struct {
    const char* result;
    Advice advice;
  } kCases[] = {
      {R"({"suppressed":false,"state":"none"})", Advice::kSendable},
      {R"({"suppressed":false,"state":"held"})", Advice::kHeld},
      {R"({"suppressed":true,"state":"active"})", Advice::kSuppressed},
      {R"({"error":"no address"})", Advice::kInvalid},
      {R"({"suppressed":"no"})", Advice::kInvalid},
      {R"({})", Advice::kInvalid},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.result);
    EXPECT_EQ(AdviceOf(json::parse(one.result).as_object()), one.advice);
  }
}

TEST(CheckCountsTest, TheMostFrequentReasonsAreNamed) {
  CheckCounts counts;
  EXPECT_EQ(counts.Summary(),
            "0 addresses: 0 sendable, 0 suppressed, 0 held, 0 invalid\n");
  counts.Add(Advice::kHeld, "mailbox-full");
  EXPECT_EQ(counts.Summary(),
            "1 address: 0 sendable, 0 suppressed, 1 held, 0 invalid\n");
  for (const char* reason : {"a", "b", "b", "c", "d", "e", "f"}) {
    counts.Add(Advice::kSuppressed, reason);
  }
  EXPECT_EQ(counts.Summary(),
            "8 addresses: 0 sendable, 7 suppressed, 1 held, 0 invalid\n"
            "suppressed: 2 b, 1 a, 1 c, 1 d, 1 e, and others\n");
}

TEST(SplitFilesTest, PartsHaveTheirNamesWhenAllIsWritten) {
  const TempDir dir;
  const std::string prefix = dir / "out";
  {
    SplitFiles broken;
    ASSERT_TRUE(broken.Open(prefix, "h\n"));
    broken.Write(Advice::kHeld, "x\n");
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  SplitFiles files;
  ASSERT_TRUE(files.Open(prefix, "h\n"));
  files.Write(Advice::kHeld, "x\n");
  EXPECT_FALSE(std::filesystem::exists(prefix + ".held"));
  ASSERT_TRUE(files.Finish());
  EXPECT_EQ(Bytes(prefix + ".held"), "h\nx\n");
  EXPECT_EQ(Bytes(prefix + ".sendable"), "h\n");
  SplitFiles nowhere;
  EXPECT_FALSE(nowhere.Open(dir / "no/out", ""));
}

}  // namespace
}  // namespace postbounce
