#include "daemon/config_advice.h"

namespace postbounce {

std::string WithAdvice(std::string_view error) {
  std::string text(error);
  if (error.find("cannot redefine existing table") != error.npos) {
    text += "; put the lines where it stands already";
  } else if (error.find("parsing decimal integer") != error.npos) {
    text += "; times and sizes stand in quotes, as in \"30d\"";
  }
  return text;
}

}  // namespace postbounce
