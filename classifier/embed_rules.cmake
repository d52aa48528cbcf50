# cmake -DOUTPUT=file.cc -DINPUTS=a.toml,b.toml -P embed_rules.cmake
# Writes a .cc that holds the rule files as bytes: RuleSet::Shipped().
string(REPLACE "," ";" inputs "${INPUTS}")
set(arrays "")
set(entries "")
foreach(input IN LISTS inputs)
  get_filename_component(name ${input} NAME)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  file(READ ${input} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex
         "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays
         "constexpr unsigned char ${identifier}[] = {\n${bytes}0};\n")
  string(APPEND entries
         "    {\"${name}\", {reinterpret_cast<const char*>(${identifier}), "
         "sizeof ${identifier} - 1}, true},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by embed_rules.cmake. Do not edit.
#include <array>

#include \"classifier/rule_set.h\"

namespace postbounce {
namespace {

${arrays}
}  // namespace

std::span<const RuleFile> RuleSet::Shipped() {
  static const RuleFile kFiles[] = {
${entries}  };
  return kFiles;
}

}  // namespace postbounce
")
