#include "daemon/io/milter_talks.h"

#include <utility>

namespace postbounce {

MilterTalks& Talks() {
  static MilterTalks* const talks = new MilterTalks;
  return *talks;
}

MilterTalk* MilterTalks::Begin() {
  auto talk = std::make_unique<MilterTalk>();
  MilterTalk* const begun = talk.get();
  std::size_t open = 0;
  {
    const std::lock_guard lock(mutex);
    all.emplace(begun, std::move(talk));
    open = all.size();
  }
  try {
    begun->session = hooks.admit(open);
  } catch (...) {
    End(begun);
    throw;
  }
  if (begun->session != nullptr) return begun;
  End(begun);
  return nullptr;
}

void MilterTalks::End(const MilterTalk* talk) {
  const std::lock_guard lock(mutex);
  all.erase(talk);
}

void MilterTalks::EndAll() {
  const std::lock_guard lock(mutex);
  for (const auto& [key, talk] : all) talk->session.reset();
}

}  // namespace postbounce
