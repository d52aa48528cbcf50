#ifndef POSTBOUNCE_CLASSIFIER_PATTERN_H_
#define POSTBOUNCE_CLASSIFIER_PATTERN_H_

#include <re2/re2.h>

namespace postbounce {

// How every expression of a rule is compiled: case ignored, over UTF-8.
inline RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  return options;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_PATTERN_H_
