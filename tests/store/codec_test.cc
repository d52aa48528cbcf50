#include "store/codec.h"

#include <gtest/gtest.h>

#include "store/compress.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

Facts FullFacts() {
  Facts facts;
  facts.route = Route::kLog;
  facts.envelope_sender = "<>";
  facts.envelope_recipients = {"bounces+a=x.test@local.test", "", "b@c"};
  facts.envelope_id = "campaign-7";
  facts.reporting_mta = "mx1.local.test";
  facts.queue_id = "4XyZ12abc";
  facts.arrival_date = Hour(1) + std::chrono::milliseconds(7);
  facts.original_message_id = "<1@local.test>";
  facts.original_return_path = "news@local.test";
  facts.received_ids = {"A1", "B2"};
  facts.original_fields = {{"X-Campaign", "7"}, {"X-Empty", ""}};
  facts.first_received = "from a (b [192.0.2.1])\n\tby c";
  facts.second_received = "by d with LMTP";
  return facts;
}

TEST(CodecTest, FactsComeBackAsTheyWere) {
  EXPECT_EQ(DecodeFacts(EncodeFacts(FullFacts())).value(), FullFacts());
  EXPECT_EQ(DecodeFacts(EncodeFacts(Facts())).value(), Facts());
}

TEST(CodecTest, AnArrivalDateOf1970IsNotAbsent) {
  Facts facts;
  facts.arrival_date = Timestamp{};
  EXPECT_EQ(DecodeFacts(EncodeFacts(facts)).value(), facts);
}

TEST(CodecTest, AWitnessComesBackWithoutAddressAndOrdinal) {
  Witness witness = Hard("j\xc3\xb6rg@m\xc3\xbcnchen.example");
  witness.original_recipient = "utf-8;J\xc3\xb6rg";
  witness.evidence.reporting_mta = "mx1.local.test";
  witness.evidence.address_needs_smtputf8 = true;
  witness.verdict.words = "User unknown";
  witness.mailed.reset();
  EXPECT_EQ(DecodeWitness(EncodeWitness(witness)).value(), witness);
  EXPECT_EQ(DecodeWitness(EncodeWitness(Witness())).value(), Witness());
}

TEST(CodecTest, EveryReasonSurvives) {
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(ReasonFromStored(static_cast<int>(info.reason)), info.reason);
  }
  EXPECT_EQ(ReasonFromStored(-1), Reason::kUnknown);
  EXPECT_EQ(ReasonFromStored(100'000), Reason::kUnknown);
}

TEST(CodecTest, NulBytesSurviveAndInvalidUtf8IsRepaired) {
  struct Case {
    std::string given;
    std::string want;
  };
  const Case cases[] = {
      {std::string("a\0b", 3), std::string("a\0b", 3)},
      {"\"quoted\" \\ \n\t\x7f\x01", "\"quoted\" \\ \n\t\x7f\x01"},
      {"caf\xe9", "caf\xc3\xa9"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.want);
    Witness witness;
    witness.evidence.diagnostic = row.given;
    EXPECT_EQ(DecodeWitness(EncodeWitness(witness)).value().evidence.diagnostic,
              row.want);
    Facts facts;
    facts.received_ids = {row.given};
    EXPECT_EQ(DecodeFacts(EncodeFacts(facts)).value().received_ids[0],
              row.want);
  }
}

TEST(CodecTest, MembersOfALaterProgramAreSkipped) {
  const Witness witness =
      DecodeWitness(R"({"v":1,"new":{"a":[1]},"status":"5.1.1","action":99,)"
                    R"("reason":100000,"class":"hard","rule":7,"reply":"x"})")
          .value();
  Witness want;
  want.evidence.status = "5.1.1";
  want.verdict.reason_class = ReasonClass::kNone;
  EXPECT_EQ(witness, want);
  const Facts facts = DecodeFacts(R"({"v":1,"route":9,"received_ids":[1,"A"],)"
                                  R"("original_fields":[["a"],["b","c"],3]})")
                          .value();
  EXPECT_EQ(facts.route, Route::kInetSocket);  // the one that proves nothing
  EXPECT_EQ(facts.received_ids, (std::vector<std::string>{"", "A"}));
  EXPECT_EQ(facts.original_fields.size(), 1u);
}

TEST(CodecTest, DamageAndNewerVersionsAreCorrupt) {
  for (const std::string_view text :
       {"", "{", "[]", "{}", R"({"v":0})", R"({"v":2})", R"({"v":"1"})",
        R"({"v":1}x)", R"({"v":1,"a":[[[[[[[[[[[]]]]]]]]]]]})"}) {
    SCOPED_TRACE(text);
    const auto facts = DecodeFacts(text);
    ASSERT_FALSE(facts.has_value());
    EXPECT_EQ(facts.error().code(), ErrorCode::kCorrupt);
    EXPECT_FALSE(DecodeWitness(text).has_value());
  }
}

TEST(CompressTest, BytesComeBackAsTheyWere) {
  for (const std::size_t size : {0u, 1u, 1500u, 65'536u, 65'537u, 1'000'000u}) {
    SCOPED_TRACE(size);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<char>(i * i >> 7);
    }
    EXPECT_EQ(Decompress(Compress(bytes), size).value(), bytes);
  }
}

TEST(CompressTest, MoreThanTheLimitIsRefused) {
  const std::string compressed = Compress(std::string(1'000'000, 'a'));
  const auto bytes = Decompress(compressed, 999'999);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code(), ErrorCode::kLimit);
}

TEST(CompressTest, DamageIsCorrupt) {
  const std::string compressed = Compress(std::string(1000, 'a'));
  for (const std::string& bytes : {std::string(), std::string("no frame"),
                                   compressed.substr(0, compressed.size() - 1),
                                   compressed + "x", "x" + compressed}) {
    SCOPED_TRACE(bytes.size());
    const auto result = Decompress(bytes, 1000);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace postbounce
