#ifndef POSTBOUNCE_TESTS_STORE_STORE_CONTRACT_H_
#define POSTBOUNCE_TESTS_STORE_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store/store.h"
#include "tests/store/samples.h"

namespace postbounce {

// One empty place for a store, such as a directory or a schema.
class Backend {
 public:
  virtual ~Backend() = default;

  // Opens the store that is there, made by the first call.
  virtual Result<std::unique_ptr<Store>> Open() = 0;
};

// What every backend must pass: store_contract_*.cc hold the tests, and each
// backend instantiates them with a maker of its own.
class StoreContract
    : public testing::TestWithParam<std::unique_ptr<Backend> (*)()> {
 protected:
  StoreContract() : backend_(GetParam()()) { Reopen(); }

  void Reopen() {
    reader_.reset();
    store_.reset();
    store_ = backend_->Open().value();
    store_->Use(PolicyWithoutProof());
    reader_ = store_->OpenReader().value();
  }

  // Applies one group in which everything must succeed.
  std::vector<Outcome> Apply(const std::vector<Write>& writes, int hour = 100) {
    std::vector<Outcome> outcomes;
    for (auto& outcome : store_->Apply(writes, Hour(hour)).value()) {
      outcomes.push_back(outcome.value());
    }
    EXPECT_EQ(outcomes.size(), writes.size());
    return outcomes;
  }
  Outcome ApplyOne(const Write& write, int hour = 100) {
    return Apply({write}, hour).at(0);
  }

  AddressStory StoryOf(std::string_view address) {
    return reader_->Status(AddressOf(address), 100).value();
  }
  ListState StateOf(std::string_view address) {
    return StoryOf(address).decision.state;
  }
  LogPage Find(const LogQuery& query) {
    return reader_->Messages(query).value();
  }
  Totals Count() { return reader_->Count().value(); }

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_STORE_CONTRACT_H_
