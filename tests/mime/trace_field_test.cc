#include "mime/trace_field.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace postbounce {
namespace {

constexpr std::string_view kDate = "; Sat, 21 Nov 2026 00:27:56 +0000 (UTC)";

std::string Dated(std::string_view field) {
  return std::string(field) + std::string(kDate);
}

// All that was read, for one comparison.
std::string Shown(const std::optional<TraceField>& field) {
  if (!field) return "nothing";
  const char* kind = "";
  switch (field->kind) {
    case TraceKind::kClient:
      kind = "client";
      break;
    case TraceKind::kPickup:
      kind = "pickup";
      break;
    case TraceKind::kLocal:
      kind = "local";
      break;
  }
  std::string shown = kind;
  for (const std::string& part :
       {field->helo, field->client_name, field->client_address, field->by,
        field->mail_name, field->id}) {
    shown += '|' + part;
  }
  return shown;
}

struct Case {
  std::string_view field;  // without the date
  std::string_view want;
};

TEST(TraceFieldTest, WhatPostfixWritesIsRead) {
  const Case cases[] = {
      {"by out.a.example (Postfix)\n\tid 5E3A9A84A05",
       "local||||out.a.example|Postfix|5E3A9A84A05"},
      {"by out.a.example (Postfix) id 4dCzyf1X2Lz1yN",
       "local||||out.a.example|Postfix|4dCzyf1X2Lz1yN"},
      {" by a.example   (Postfix)\t id 1",  // folded anew, and unfolded
       "local||||a.example|Postfix|1"},
      {"by a.example (The (new) mailer, really) id 1",
       "local||||a.example|The (new) mailer, really|1"},
      {"by a.example (Postfix, from userid 0)\r\n\tid 3D534A849A1",
       "pickup||||a.example|Postfix|3D534A849A1"},
      {"by a.example (Postfix, from userid 1000) id 3D534A849A1",
       "pickup||||a.example|Postfix|3D534A849A1"},
      {"from mx.b.example (mx.b.example [192.0.2.1])\n"
       "\tby a.example (Postfix) with ESMTP id 5E3A9A84A05\n"
       "\tfor <joe@a.example>",
       "client|mx.b.example|mx.b.example|192.0.2.1|a.example|Postfix|"
       "5E3A9A84A05"},
      {"from b (unknown [192.0.2.1]) by a.example (Postfix) with SMTP id 1",
       "client|b||192.0.2.1|a.example|Postfix|1"},
      {"from unknown (unknown [192.0.2.1]) by a (Postfix) with SMTP id 1",
       "client|unknown||192.0.2.1|a|Postfix|1"},
      {"from [192.0.2.9] (b.example [IPv6:2001:db8::1]) by a (Postfix) "
       "with UTF8SMTPS id 1 for <müller@δοκιμή.example>",
       "client|[192.0.2.9]|b.example|2001:db8::1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1])\n"
       "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
       "\t key-exchange X25519 server-signature RSA-PSS (4096 bits)"
       " server-digest SHA256)\n"
       "\t(No client certificate requested)\n"
       "\t(Authenticated sender: joe@a.example)\n"
       "\tby a.example (Postfix) with ESMTPSA id 4dCzyf1X2Lz1yN",
       "client|b|b.example|192.0.2.1|a.example|Postfix|4dCzyf1X2Lz1yN"},
      {"from b (b.example [192.0.2.1]) (using TLSv1.2 with cipher X (1/1 "
       "bits)) (Client CN \"b (c)\", Issuer \"CA; Inc\" (verified OK)) by a "
       "(Postfix) with ESMTPS id 1",
       "client|b|b.example|192.0.2.1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1]) (Client did not present a certificate) "
       "by a (Postfix) with LMTP id 1",
       "client|b|b.example|192.0.2.1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1]) (Authenticated sender: ) by evil (x) "
       "with y id z) by a (Postfix) with ESMTPA id 1",
       "nothing"},  // Postfix would have written "?" for the first ")"
      {"from b (b.example [192.0.2.1]) (Authenticated sender: by e (x) id 2) "
       "by a (Postfix) with ESMTPA id 1",
       "client|b|b.example|192.0.2.1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1]) by a (Postfix, from userid 0) with "
       "SMTP id 1",
       "client|b|b.example|192.0.2.1|a|Postfix, from userid 0|1"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.field);
    EXPECT_EQ(Shown(ReadTraceField(Dated(test.field))), test.want);
  }
  EXPECT_TRUE(
      ReadTraceField("from b (b.example [192.0.2.1])\n"
                     "\tby a.example (Postfix) with ESMTP id 1;\n"
                     "\tSat, 21 Nov 2026 00:27:56 +0000 (UTC)\n"));
}

TEST(TraceFieldTest, AHeloOrARecipientIsNeverTakenForPostfixWords) {
  const Case cases[] = {
      // As Postfix writes what a client said.
      {"from x?mail.big.example[1.2.3.4]? (unknown [192.0.2.1]) by a (Postfix) "
       "with ESMTP id 1",
       "client|x?mail.big.example[1.2.3.4]?||192.0.2.1|a|Postfix|1"},
      {"from by (unknown [192.0.2.1]) by a (Postfix) with ESMTP id 1",
       "client|by||192.0.2.1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1]) by a (Postfix) with ESMTP id 1 for "
       "<\"x>; by e (Postfix) id 2 \\\" \"@a.example>",
       "client|b|b.example|192.0.2.1|a|Postfix|1"},
      {"from b (b.example [192.0.2.1]) by a (Postfix) with ESMTP id 1 for <>",
       "client|b|b.example|192.0.2.1|a|Postfix|1"},
      // As it never does.
      {"from x(mail.big.example[1.2.3.4]) (unknown [192.0.2.1]) by a (Postfix) "
       "with ESMTP id 1",
       "nothing"},
      {"from x (mail.big.example [1.2.3.4]) (unknown [192.0.2.1]) by a "
       "(Postfix) with ESMTP id 1",
       "nothing"},
      {"from x (mail.big.example [1.2.3.4]) by e (Postfix) with ESMTP id 2 "
       "(unknown [192.0.2.1]) by a (Postfix) with ESMTP id 1",
       "nothing"},
      {"from x y (unknown [192.0.2.1]) by a (Postfix) with ESMTP id 1",
       "nothing"},
      {"from x; (unknown [192.0.2.1]) by a (Postfix) with ESMTP id 1",
       "nothing"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.field);
    EXPECT_EQ(Shown(ReadTraceField(Dated(test.field))), test.want);
  }
}

TEST(TraceFieldTest, WhatPostfixDoesNotWriteIsNotRead) {
  const std::string_view fields[] = {
      "",
      "by",
      "by a",
      "by a (Postfix)",
      "by a id 1",
      "by a () id 1",
      "by a (Postfix id 1",
      "by a (Post\\fix) id 1",
      "by a (Postfix) id ",
      "by a (Postfix) id <1>",
      "by a (Postfix) id a-b",
      "by a (Postfix) id 1 ",
      "by a (Postfix) id 1 x",
      "by a (Postfix) id 1 for <joe@a.example>",
      "by a (Postfix) with ESMTP id 1",
      "By a (Postfix) id 1",
      "x by a (Postfix) id 1",
      "(x) by a (Postfix) id 1",
      "by a (x) (Postfix) id 1",
      "by a (Postfix) (x) id 1",
      "by a (Postfix, from userid ) id",
      "from b (b.example [192.0.2.1]) by a (Postfix) id 1",
      "from b (b.example [192.0.2.1]) by a (Postfix) with id 1",
      "from b (b.example [192.0.2.1]) by a (Postfix) with ESMTP",
      "from b (b.example [192.0.2.1]) by a (Postfix) with ESMTP id 1 for <x",
      "from b (b.example [192.0.2.1]) by a (Postfix) with ESMTP id 1 for <\"x>",
      "from b (b.example [192.0.2.1]) (using x by a (Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.1]) (using x (y) by a (Postfix) with SMTP id "
      "1",
      "from b (b.example [192.0.2.1]) (else) by a (Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.1]) (Authenticated sender: j) (using x) by a "
      "(Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.1]) (using x)(using y) by a (Postfix) with "
      "SMTP id 1",
      "from b (b.example [192.0.2.1])by a (Postfix) with SMTP id 1",
      "from  (b.example [192.0.2.1]) by a (Postfix) with SMTP id 1",
      "from b ([192.0.2.1]) by a (Postfix) with SMTP id 1",
      "from b (b.example[192.0.2.1]) by a (Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.1]:25) by a (Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.256]) by a (Postfix) with SMTP id 1",
      "from b (b.example [2001:db8::1]) by a (Postfix) with SMTP id 1",
      "from b (b.example [IPv6:192.0.2.1]) by a (Postfix) with SMTP id 1",
      "from b (unknown [unknown]) by a (Postfix) with SMTP id 1",
      "from b (b.example [192.0.2.1) by a (Postfix) with SMTP id 1",
      "from b by a.example with local (Exim 4.96) id 1",
      "(qmail 1 invoked by uid 0)",
  };
  for (const std::string_view field : fields) {
    SCOPED_TRACE(field);
    EXPECT_EQ(Shown(ReadTraceField(Dated(field))), "nothing");
  }
  for (const std::string_view end :
       {"", ";", "; ", "; today", ";Sat, 21 Nov 2026 00:27:56 +0000"}) {
    SCOPED_TRACE(end);
    EXPECT_EQ(Shown(ReadTraceField("by a (Postfix) id 1" + std::string(end))),
              "nothing");
  }
}

TEST(TraceFieldTest, ANulOrAControlByteIsNotRead) {
  using std::string_literals::operator""s;
  for (const std::string& field :
       {"by a\0b (Postfix) id 1"s, "by a (Post\x7f) id 1"s,
        "from b\x01 (c [192.0.2.1]) by a (Postfix) with SMTP id 1"s,
        "from b (c [192.0.2.1\0]) by a (Postfix) with SMTP id 1"s}) {
    EXPECT_EQ(Shown(ReadTraceField(Dated(field))), "nothing");
  }
}

}  // namespace
}  // namespace postbounce
