#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "mime/reading.h"
#include "tests/mime/reading_dump.h"

// The same mail in other forms reads the same.
namespace postbounce {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::string name;
  std::string text;  // with LF line ends
};

// `text` with `line_end` for CRLF, LF and bare CR.
std::string WithLineEnds(std::string_view text, std::string_view line_end) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\r' || c == '\n') {
      out += line_end;
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<Sample> Samples() {
  std::vector<Sample> samples;
  for (const auto& entry : fs::recursive_directory_iterator(TEST_DATA_DIR)) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    samples.push_back(
        {entry.path().filename().string(), WithLineEnds(bytes, "\n")});
  }
  return samples;
}

std::string AsAttachment(std::string_view mail) {
  // A mailbox's "From " line is no part of the mail.
  if (mail.starts_with("From ")) mail.remove_prefix(mail.find('\n') + 1);
  return "From: Joe <joe@example.com>\nTo: bounces@example.com\n"
         "Subject: Fwd: see below\nMIME-Version: 1.0\n"
         "Content-Type: multipart/mixed; boundary=\"forward-5f1c\"\n\n"
         "--forward-5f1c\nContent-Type: text/plain\n\n"
         "What is this?\n-- \njoe@example.com\n\n"
         "--forward-5f1c\nContent-Type: message/rfc822\n\n" +
         std::string(mail) + "\n--forward-5f1c--\n";
}

// Everything but what the outermost header says.
std::string DumpWithoutHeader(Reading reading) {
  reading.header = Header();
  return Dump(reading);
}

TEST(SameReadingTest, LineEndsDoNotMatter) {
  const std::vector<Sample> samples = Samples();
  EXPECT_GE(samples.size(), 68u);
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.name);
    const std::string want = Dump(ReadMail(sample.text, {}));
    for (const std::string_view line_end : {"\r\n", "\r"}) {
      SCOPED_TRACE(line_end.size());
      EXPECT_EQ(Dump(ReadMail(WithLineEnds(sample.text, line_end), {})), want);
    }
  }
}

TEST(SameReadingTest, AForwardReadsAsWhatItForwards) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    const Reading reading = ReadMail(sample.text, {});
    const Reading forwarded = ReadMail(AsAttachment(sample.text), {});
    if (reading.kind == MailKind::kDeliveryReport ||
        reading.kind == MailKind::kComplaint) {
      EXPECT_EQ(DumpWithoutHeader(forwarded), DumpWithoutHeader(reading));
    } else {
      EXPECT_EQ(forwarded.kind, MailKind::kOther);
    }
  }
}

}  // namespace
}  // namespace postbounce
