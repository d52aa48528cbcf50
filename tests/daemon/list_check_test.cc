#include "daemon/cli/list_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "daemon/cli/socket_asker.h"
#include "daemon/cli/split_files.h"
#include "daemon/protocol/line_reader.h"
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
      if (!*request) break;
      requests.push_back(**request);
      answers.push_back(AnswerTo(**request));
    }
    for (const json::object& answer : answers) {
      const auto taken = take(answer);
      if (!taken) return taken.error();
    }
    return {};
  }
  Result<json::object> Run(
      json::object, std::vector<OpenFile>,
      const std::function<void(const json::object&)>&) override {
    return json::object();
  }

  std::vector<json::object> requests;
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
        CheckList(asker_, reader, sender_, [&all](const CheckedRow& row) {
          all += std::string(AdviceName(row.advice)) + " " +
                 std::string(row.result.at("address").as_string()) + ";";
        });
    return done ? all : all + done.error().ToString();
  }

  TempDir dir_;
  int files_ = 0;
  std::string sender_;
  FakeAsker asker_;
};

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
  sender_ = "news@example.com";
  Check(ReaderOf({"ann@a.example\n"}));
  EXPECT_EQ(asker_.requests.at(0).at("sender"), json::value(sender_));
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

TEST_F(ListCheckTest, TheHeaderIsThatOfTheFirstFile) {
  ListReader reader =
      ReaderOf({"mail,x\r\n", "x,mail\r\n1,a@b.example\r\n"}, {"mail"});
  EXPECT_EQ(reader.ReadHeader().value(), "mail,x\r\n");
  const ListedRow row = reader.Next().value().value();
  EXPECT_EQ(row.address, "a@b.example");
  EXPECT_EQ(row.row.bytes, "1,a@b.example\r\n");
  EXPECT_EQ(row.row.line, 2u);
  EXPECT_FALSE(reader.Next().value().has_value());
  EXPECT_EQ(ReaderOf({"a,b\n"}, {"1"}).ReadHeader().value(), "");
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
  sender_ = std::string(4096, 'x');
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

// A daemon at the other end that takes `greed` requests before it answers any,
// and waits while its answers are not taken.
void Serve(Fd fd, std::size_t greed, std::size_t answer_size) {
  LineReader lines(kMaxRequest);
  std::string answers;
  std::size_t waiting = 0;
  char chunk[100];
  for (;;) {
    const ssize_t size = recv(fd.get(), chunk, sizeof chunk, 0);
    if (size <= 0) return;
    lines.Append(std::string_view(chunk, static_cast<std::size_t>(size)));
    while (const auto line = lines.Next()) {
      json::object answer = json::parse(line->text).as_object();
      answer["ok"] = answer.at("n") != 999;
      answer["filler"] = std::string(answer_size, 'x');
      answers += json::serialize(answer) + "\n";
      if (++waiting < greed) continue;
      waiting = 0;
      if (send(fd.get(), answers.data(), answers.size(), MSG_NOSIGNAL) < 0) {
        return;
      }
      answers.clear();
    }
  }
}

// Asks for the numbers below `count`; how many answers came, in order.
Result<int> AskFor(int count, std::size_t request_size, std::size_t greed,
                   std::size_t answer_size) {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  std::thread daemon(Serve, Fd(ends[1]), greed, answer_size);
  int asked = 0, taken = 0;
  Result<void> done;
  {
    SocketAsker asker{Fd(ends[0])};
    done = asker.AskAll(
        [&]() -> Result<std::optional<json::object>> {
          if (asked == count) return std::optional<json::object>();
          return std::optional<json::object>(
              {{"n", asked++}, {"filler", std::string(request_size, 'x')}});
        },
        [&](const json::object& answer) -> Result<void> {
          EXPECT_EQ(answer.at("n"), taken++);
          return {};
        });
  }
  daemon.join();
  if (!done) return done.error();
  return taken;
}

TEST(SocketAskerTest, ManyAreAskedWhileAnswersComeInOrder) {
  EXPECT_EQ(AskFor(0, 1, 1, 1).value(), 0);
  EXPECT_EQ(AskFor(500, 100, 1, 100).value(), 500);
  EXPECT_EQ(AskFor(512, 100, 16, 100).value(), 512);
}

TEST(SocketAskerTest, NoEndWaitsForTheOther) {
  EXPECT_EQ(AskFor(200, 4000, 1, 1u << 20).value(), 200);
}

TEST(SocketAskerTest, ARefusalEndsIt) {
  EXPECT_FALSE(AskFor(2000, 10, 1, 10).has_value());
}

}  // namespace
}  // namespace postbounce
