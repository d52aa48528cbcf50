#include <memory>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

Order OrderOf(OrderKind kind, std::string_view subject) {
  Order order;
  order.kind = kind;
  order.subjects.push_back(Subject::Parse(subject).value());
  order.actor = "ann";
  return order;
}

Undo UndoOf(const UndoFilter& filter) {
  Undo undo;
  undo.filter = filter;
  undo.actor = "ann";
  return undo;
}

UndoFilter FilterOf(std::string_view subject) {
  UndoFilter filter;
  filter.subjects = {Subject::Parse(subject).value()};
  return filter;
}

TEST_P(StoreContract, AnUndoOfAnOrderTakesBackTheFailureBelowIt) {
  const struct {
    const char* what;
    int failed;
    OrderKind kind;
    int ordered;
  } cases[] = {
      {"removed what had failed", 10, OrderKind::kRemove, 20},
      {"suppressed what had failed", 10, OrderKind::kSuppress, 20},
      {"failed below an order", 20, OrderKind::kSuppress, 10},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    backend_ = GetParam()();
    Reopen();
    const Order order = OrderOf(one.kind, "joe@x.test");
    if (one.ordered < one.failed) ApplyOne(order, one.ordered);
    ApplyOne(ReportOf("m", {Hard("joe@x.test")}, one.failed), one.failed);
    if (one.ordered > one.failed) ApplyOne(order, one.ordered);
    const Decision before = StoryOf("joe@x.test").decision;

    UndoFilter filter;
    filter.ascii_domain = "x.test";
    filter.since = Hour(5);
    filter.until = Hour(50);
    Undo undo = UndoOf(filter);
    undo.dry_run = true;
    const Outcome dry = ApplyOne(undo, 60);
    undo.dry_run = false;
    const Outcome real = ApplyOne(undo, 60);
    EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
    for (const Outcome& outcome : {dry, real}) {
      EXPECT_EQ(outcome.affected, 1u);
      EXPECT_EQ(outcome.undone->orders, 1u);
      EXPECT_EQ(outcome.undone->failures, 1u);
      ASSERT_EQ(outcome.undone->effects.size(), 1u);
      EXPECT_EQ(outcome.undone->effects[0].before, before);
      EXPECT_EQ(outcome.undone->effects[0].after.state, ListState::kNone);
    }
    UndoFilter again;
    again.action = real.undone->action;
    ApplyOne(UndoOf(again), 61);
    EXPECT_EQ(StoryOf("joe@x.test").decision, before);
  }
}

TEST_P(StoreContract, AFailureThatDoesNotFitStaysBelowAnUndoneOrder) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}, 1), 1);
  ApplyOne(OrderOf(OrderKind::kRemove, "joe@x.test"), 20);
  UndoFilter filter;
  filter.since = Hour(10);
  EXPECT_EQ(ApplyOne(UndoOf(filter), 60).undone->failures, 0u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, WhatTwoUndosHaveTakenBackIsVoidWhileOneIsInForce) {
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 1), 1);
  ApplyOne(OrderOf(OrderKind::kAllow, "joe@x.test"), 2);
  int hour = 10;
  const auto take_back = [&](const UndoFilter& filter) {
    const Outcome outcome = ApplyOne(UndoOf(filter), ++hour);
    return *outcome.undone->action;
  };
  const auto take_back_undo = [&](ActionId undo) {
    UndoFilter filter;
    filter.action = undo;
    return take_back(filter);
  };
  const auto expect_void = [&](std::optional<ActionId> by) {
    const AddressStory story = StoryOf("joe@x.test");
    EXPECT_EQ(story.decision.state, by ? ListState::kNone : ListState::kActive);
    EXPECT_EQ(story.allowed.has_value(), !by);
    EXPECT_EQ(story.orders.back().voided_by, by);
    EXPECT_EQ(story.orders.size(), by ? 2u : 1u);
    EXPECT_EQ(story.orders.front().id, by.value_or(story.orders.back().id));
    EXPECT_EQ(story.events.at(0).event.is_void, by.has_value());
    EXPECT_EQ(story.events.at(0).voided_by, by);
  };
  const ActionId first = take_back(FilterOf("joe@x.test"));
  expect_void(first);
  const ActionId of_first = take_back_undo(first);
  expect_void(std::nullopt);
  const ActionId second = take_back(FilterOf("joe@x.test"));
  expect_void(second);
  take_back_undo(of_first);  // the first is in force again
  expect_void(second);
  const ActionId of_second = take_back_undo(second);
  expect_void(first);
  take_back_undo(first);
  expect_void(std::nullopt);
  take_back_undo(of_second);
  expect_void(second);
}

TEST_P(StoreContract, WhatWasUndoneStaysSoInTheEventThatItIsMergedInto) {
  Mail by_queue_id = ReportOf("a", {Hard("joe@x.test")}, 1);
  by_queue_id.facts.reporting_mta = "mx.local.test";
  by_queue_id.facts.queue_id = "4XyZ12abc";
  Mail by_message_id = ReportOf("b", {Hard("joe@x.test")}, 2);
  by_message_id.facts.original_message_id = "<1@local.test>";
  Mail both = ReportOf("c", {Hard("joe@x.test")}, 3);
  both.facts = by_queue_id.facts;
  both.facts.original_message_id = "<1@local.test>";
  ApplyOne(by_message_id, 2);
  const ActionId undo =
      *ApplyOne(UndoOf(FilterOf("joe@x.test")), 3).undone->action;
  Apply({by_queue_id, both}, 4);
  EXPECT_EQ(StoryOf("joe@x.test").event_count, 1u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
  UndoFilter filter;
  filter.action = undo;
  EXPECT_EQ(ApplyOne(UndoOf(filter), 5).undone->failures, 1u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, AnOrderCountsAddressesAndAnUndoPlaces) {
  Order order = OrderOf(OrderKind::kSuppress, "joe@x.test");
  ApplyOne(order, 1);
  order.scope = "shop";
  ApplyOne(order, 2);
  EXPECT_EQ(ApplyOne(OrderOf(OrderKind::kRemove, "joe@x.test"), 3).affected,
            1u);
  UndoFilter filter;
  filter.since = Hour(3);
  EXPECT_EQ(ApplyOne(UndoOf(filter), 4).affected, 2u);
}

TEST_P(StoreContract, PagesThroughUndosTheNewestFirst) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}, 1), 1);
  ApplyOne(OrderOf(OrderKind::kAllow, "joe@x.test"), 2);
  Undo undo = UndoOf(FilterOf("joe@x.test"));
  undo.why = "a bad hour";
  const ActionId first = *ApplyOne(undo, 3).undone->action;
  UndoFilter filter;
  filter.action = first;
  const ActionId second = *ApplyOne(UndoOf(filter), 4).undone->action;

  UndoPage page = reader_->Undos("", 1).value();
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.entries[0].order.id, second);
  EXPECT_EQ(page.entries[0].of, first);
  EXPECT_EQ(page.entries[0].orders, 0u);
  page = reader_->Undos(page.cursor, 1).value();
  ASSERT_EQ(page.entries.size(), 1u);
  const StoredUndo& oldest = page.entries[0];
  EXPECT_EQ(oldest.order.id, first);
  EXPECT_EQ(oldest.order.actor, "ann");
  EXPECT_EQ(oldest.order.why, "a bad hour");
  EXPECT_EQ(oldest.order.time, Hour(3));
  EXPECT_EQ(oldest.order.voided_by, second);
  EXPECT_EQ(oldest.failures, 1u);
  EXPECT_EQ(oldest.orders, 1u);
  EXPECT_FALSE(oldest.of);
  EXPECT_EQ(page.cursor, "");
  EXPECT_FALSE(reader_->Undos("no cursor", 1).has_value());
}

TEST_P(StoreContract, CountsAnAddressOnceThoughManyScopesSuppressIt) {
  ApplyOne(OrderOf(OrderKind::kSuppress, "joe@x.test"));
  for (const char* scope : {"shop", "news"}) {
    for (const char* address : {"joe@x.test", "ann@x.test"}) {
      Order order = OrderOf(OrderKind::kSuppress, address);
      order.scope = scope;
      ApplyOne(order);
    }
  }
  EXPECT_EQ(Count().suppressed, 1u);
  EXPECT_EQ(Count().suppressed_in_scopes, 2u);
}

TEST_P(StoreContract, ADomainHasAStoryOfItsOwn) {
  store_->Use(PolicyOfDeadDomains(1));
  for (const char* address : {"a@x.test", "b@x.test"}) {
    Witness dead = WitnessOf(address, Action::kFailed, Reason::kNoSuchDomain);
    ApplyOne(ReportOf(address, {dead}, 1), 1);
  }
  ApplyOne(OrderOf(OrderKind::kAllow, "@x.test"), 2);
  const auto domain = Subject::Parse("@x.test").value();
  const AddressStory story = reader_->StatusOfDomain(domain, 100).value();
  EXPECT_EQ(story.address, "@x.test");
  EXPECT_EQ(story.decision.state, ListState::kActive);
  EXPECT_EQ(story.events.size(), 2u);
  EXPECT_EQ(story.events.at(0).witnesses.size(), 1u);
  EXPECT_EQ(story.orders.size(), 1u);
  EXPECT_TRUE(story.allowed);

  const ActionId undo =
      *ApplyOne(UndoOf(FilterOf("@x.test")), 3).undone->action;
  const AddressStory later = reader_->StatusOfDomain(domain, 100).value();
  EXPECT_EQ(later.orders.at(0).id, undo);
  EXPECT_EQ(later.events.at(0).voided_by, undo);
  EXPECT_EQ(StoryOf("new@x.test").orders.at(0).id, undo);
}

TEST_P(StoreContract, AnUndoShowsWhatHasExpiredAsSuch) {
  Order order = OrderOf(OrderKind::kSuppress, "joe@x.test");
  order.until = Hour(50);
  ApplyOne(order, 1);
  Undo undo = UndoOf(FilterOf("joe@x.test"));
  undo.dry_run = true;
  const auto before = [&](int hour) {
    return ApplyOne(undo, hour).undone->effects.at(0).before.state;
  };
  EXPECT_EQ(before(49), ListState::kActive);
  EXPECT_EQ(before(50), ListState::kExpired);
}

}  // namespace
}  // namespace postbounce
