#pragma once

// The mails that the tests of ReadMail and of what it is made of are built of.

#include <string>
#include <string_view>

namespace postbounce {

inline std::string Replaced(std::string text, std::string_view from,
                            std::string_view to) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != text.npos;
       at = text.find(from, begin)) {
    out.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  return out.append(text, begin);
}

inline std::string Report(std::string_view status, std::string_view original) {
  return "From: MAILER-DAEMON@x\n"
         "Auto-Submitted: auto-replied\n"
         "Content-Type: multipart/report; boundary=q\n\n"
         "--q\n\nSorry.\n"
         "--q\nContent-Type: message/delivery-status\n\n" +
         std::string(status) + "\n--q\n" + std::string(original) + "\n--q--\n";
}

inline constexpr std::string_view kStatus =
    "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\n"
    "Action: failed\nStatus: 5.1.1\n";
inline constexpr std::string_view kOriginal =
    "Content-Type: message/rfc822\n\n"
    "Message-ID: <1@x>\nSubject: hello\n\nline one\n\n--not-a-boundary\n"
    "line two\n";

inline std::string WithAttached(std::string_view header, std::string_view text,
                                std::string_view message) {
  return std::string(header) +
         "Content-Type: multipart/mixed; boundary=out\n\n--out\n\n" +
         std::string(text) + "\n--out\nContent-Type: message/rfc822\n\n" +
         std::string(message) + "\n--out--\n";
}

}  // namespace postbounce
