#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/daemon/protocol/milter_talk.h"

namespace {

constexpr std::size_t kBudget = 128u << 10;

// An MTA's steps, a line each: the first byte says which, whatever their order.
void Replay(std::string_view script, postbounce::MilterTalk* talk) {
  while (const auto line = postbounce::TakeLine(&script)) {
    if (line->empty()) continue;
    const std::string_view rest = line->substr(1);
    switch (line->front()) {
      case 'm':
        talk->Mail(rest);
        break;
      case 'i':
        talk->Mail(rest, "0");
        break;
      case 'r':
        talk->Rcpt(rest);
        break;
      case 'd':
        talk->Data();
        break;
      case 'c':
        talk->Content(rest, rest);
        break;
      case 'x':
        talk->session().Abort();
        break;
      case 'b':
        talk->set_broken();
        break;
      default:
        talk->End();
    }
  }
}

}  // namespace

// The first byte says how the session is set up. Whatever comes, what was not
// sent by SMTP is never refused nor discarded, and all room is given back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  std::string_view script(reinterpret_cast<const char*>(data) + 1, size - 1);
  postbounce::MilterSession::Options options;
  options.message_size = 100;
  options.recipients = 3;
  options.bounce_addresses = postbounce::AddressPatterns({"b+*@us.example"});
  if ((data[0] & 1) != 0) {
    options.refusal = postbounce::MilterSession::Refusal::kOn;
  }
  options.writes_field = (data[0] & 2) != 0;
  postbounce::ByteBudget budget(kBudget);
  {
    postbounce::MilterTalk talk(options, &budget);
    talk.set_crowded((data[0] & 4) != 0);
    std::string internal(script);
    for (char& c : internal) c = c == 'm' ? 'i' : c;
    Replay(internal, &talk);
    const std::string said = talk.TakeAnswers();
    if (said.find_first_not_of("ca") != said.npos) std::abort();
    Replay(script, &talk);
  }
  postbounce::ByteBudget::Share all(&budget);
  if (!all.Grow(kBudget)) std::abort();
  return 0;
}
