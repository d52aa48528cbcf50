#ifndef POSTBOUNCE_CLASSIFIER_STOCK_REPLIES_H_
#define POSTBOUNCE_CLASSIFIER_STOCK_REPLIES_H_

#include <span>
#include <string_view>
#include <vector>

namespace postbounce {

// The refusals that Postfix's smtpd(8) has ready, "550 5.1.1 <ADDRESS>: ...",
// in the order of their codes. Words in capitals stand for others.
std::span<const std::string_view> AllStockReplies();
// Those with this reply code or this enhanced status: "550", "5.1.1".
std::vector<std::string_view> FindStockReplies(std::string_view code);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_STOCK_REPLIES_H_
