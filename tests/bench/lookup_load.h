#ifndef POSTBOUNCE_TESTS_BENCH_LOOKUP_LOAD_H_
#define POSTBOUNCE_TESTS_BENCH_LOOKUP_LOAD_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// How a server is asked whether it knows a key.
struct LookupProtocol {
  const char* name;
  std::string (*ask)(std::string_view key);
  // How many bytes of `bytes` the first answer takes; 0: not all of it is
  // there.
  std::size_t (*answer_size)(std::string_view bytes);
  bool (*is_hit)(std::string_view answer);
};
extern const LookupProtocol kRedis, kJson, kSocketmap, kTcpTable, kPolicy;

struct LookupLoad {
  int connections = 1;
  int depth = 1;       // requests in flight on each
  double seconds = 1;  // how long
};

struct LookupFigures {
  double rate = 0;  // answers a second
  double p50 = 0;   // microseconds from the first request of a turn to the last
  double p99 = 0;   // answer of it
  double hits = 0;  // share of the answers
};

// Asks for `keys` again and again, with all connections in one thread.
LookupFigures RunLoad(const std::string& socket, const LookupProtocol& protocol,
                      const std::vector<std::string>& keys,
                      const LookupLoad& load);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_LOOKUP_LOAD_H_
