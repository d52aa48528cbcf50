#include "daemon/cli/person.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace postbounce {

std::string PersonAtKeyboard() {
  for (const char* name : {"SUDO_USER", "DOAS_USER"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  char login[256];
  if (getlogin_r(login, sizeof login) == 0) return login;
  const passwd* const entry = getpwuid(getuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(getuid());
}

}  // namespace postbounce
