#ifndef POSTBOUNCE_CLASSIFIER_PROVIDER_CODES_H_
#define POSTBOUNCE_CLASSIFIER_PROVIDER_CODES_H_

#include <string_view>
#include <vector>

#include "classifier/enhanced_status.h"

namespace postbounce {

// What a provider means by a code, where the registry says something else or
// too little. For people: the text rules judge by the texts.
struct ProviderCode {
  int subject;
  int detail;
  std::string_view provider;
  std::string_view meaning;  // one sentence
};

// In the order of the providers' names.
std::vector<ProviderCode> FindProviderCodes(EnhancedStatus status);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_PROVIDER_CODES_H_
