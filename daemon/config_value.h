#ifndef POSTBOUNCE_DAEMON_CONFIG_VALUE_H_
#define POSTBOUNCE_DAEMON_CONFIG_VALUE_H_

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/config.h"

namespace postbounce {

// What is wrong with a text value; empty when nothing is.
std::string CheckText(ParameterType type, const std::string& text);

// A number, size, duration or mode; nullopt for what is none.
std::optional<std::uint64_t> ReadNumber(ParameterType type,
                                        const toml::node& node);

// What a parameter of this type wants, for people.
std::string_view Expected(ParameterType type);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CONFIG_VALUE_H_
