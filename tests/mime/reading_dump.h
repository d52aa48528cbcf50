#ifndef POSTBOUNCE_TESTS_MIME_READING_DUMP_H_
#define POSTBOUNCE_TESTS_MIME_READING_DUMP_H_

#include <string>

#include "mime/reading.h"

namespace postbounce {

// All of a Reading as lines of printable text; absent fields are left out.
std::string Dump(const Reading& reading);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_MIME_READING_DUMP_H_
