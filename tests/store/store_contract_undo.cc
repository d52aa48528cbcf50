#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

Order OrderBy(const char* actor, OrderKind kind, std::string_view subject) {
  Order order;
  order.kind = kind;
  order.subjects.push_back(Subject::Parse(subject).value());
  order.actor = actor;
  return order;
}

Undo UndoOf(const UndoFilter& filter) {
  Undo undo;
  undo.filter = filter;
  undo.actor = "ann";
  undo.why = "a bad hour";
  return undo;
}

Undo UndoOfAction(ActionId action) {
  UndoFilter filter;
  filter.action = action;
  return UndoOf(filter);
}

TEST_P(StoreContract, AnUndoTakesBackASuppressionAndIsItselfUndone) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}), 1);
  const Decision before = StoryOf("joe@x.test").decision;

  const Outcome undone = ApplyOne(UndoOf({}), 10);
  ASSERT_TRUE(undone.undone && undone.undone->action);
  EXPECT_EQ(undone.undone->failures, 1u);
  EXPECT_EQ(undone.undone->orders, 0u);
  EXPECT_EQ(undone.affected, 1u);
  ASSERT_EQ(undone.changes.size(), 1u);
  EXPECT_EQ(undone.changes[0].state, ListState::kNone);
  ASSERT_EQ(undone.undone->effects.size(), 1u);
  EXPECT_EQ(undone.undone->effects[0].subject, "joe@x.test");
  EXPECT_EQ(undone.undone->effects[0].before, before);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);

  const Outcome redone = ApplyOne(UndoOfAction(*undone.undone->action), 11);
  ASSERT_TRUE(redone.undone && redone.undone->action);
  EXPECT_EQ(redone.undone->failures, 1u);
  EXPECT_EQ(StoryOf("joe@x.test").decision, before);

  // And so on.
  const Outcome third = ApplyOne(UndoOfAction(*redone.undone->action), 12);
  ASSERT_TRUE(third.undone && third.undone->action);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
  ApplyOne(UndoOfAction(*third.undone->action), 13);
  EXPECT_EQ(StoryOf("joe@x.test").decision, before);
}

TEST_P(StoreContract, AnUndoTakesBackTheFailuresThatFollowedToo) {
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 1), 1);
  ApplyOne(ReportOf("two", {Hard("joe@x.test")}, 100), 100);
  EXPECT_EQ(ApplyOne(UndoOf({}), 200).undone->failures, 2u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
  ApplyOne(ReportOf("three", {Hard("joe@x.test")}, 201), 201);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, AFailureAfterTheUndoneTimeStillCounts) {
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 1), 1);
  ApplyOne(ReportOf("two", {Hard("joe@x.test")}, 100), 100);
  UndoFilter filter;
  filter.until = Hour(50);
  EXPECT_EQ(ApplyOne(UndoOf(filter), 200).undone->failures, 1u);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(100));
}

TEST_P(StoreContract, ASuppressionWasMadeWhenItBeganNotWhenItWasProlonged) {
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  for (ReasonPolicy& reason : policy->list.reasons) {
    reason.lasts = std::chrono::days(30);
  }
  store_->Use(policy);
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 1), 1);
  ASSERT_EQ(
      ApplyOne(ReportOf("two", {Hard("joe@x.test")}, 100), 100).changes.size(),
      1u);
  UndoFilter filter;
  filter.since = Hour(50);
  EXPECT_EQ(ApplyOne(UndoOf(filter), 200).undone->failures, 0u);
  filter.since = Hour(1);
  EXPECT_EQ(ApplyOne(UndoOf(filter), 200).undone->failures, 2u);
}

TEST_P(StoreContract, WhatWasUndoneStaysSoWhenALogProvesItLater) {
  store_->Use(PolicyOfOurSite());
  Mail bounce = ReportOf("m", {Hard("joe@x.test")}, 2);
  bounce.facts.reporting_mta = "mail";
  bounce.facts.queue_id = "4AAAAz1";
  bounce.facts.original_message_id = "4AAAAz1@mail.local.test";
  ApplyOne(bounce, 2);
  ASSERT_EQ(StateOf("joe@x.test"), ListState::kActive);
  const ActionId undo = *ApplyOne(UndoOf({}), 3).undone->action;
  LogBatch batch =
      BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test")})});
  batch.counts = true;
  ApplyOne(WriteOf(batch), 4);
  const AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.events.size(), 1u);
  EXPECT_EQ(story.events[0].event.standing, Standing::kCounts);
  EXPECT_NE(story.events[0].witnesses.at(0).witness.binding.proof,
            Proof::kNone);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
  EXPECT_EQ(ApplyOne(UndoOfAction(undo), 5).undone->failures, 1u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, AnUndoTakesBackADeadDomain) {
  store_->Use(PolicyOfDeadDomains(2));
  int day = 0;
  for (const char* address : {"a@x.test", "b@x.test"}) {
    Witness dead = WitnessOf(address, Action::kFailed, Reason::kNoSuchDomain);
    day += 24;
    ApplyOne(ReportOf(address, {dead}, day), day);
  }
  const auto domain_state = [&] {
    const AddressStory story = StoryOf("c@x.test");
    return story.domain ? story.domain->state : ListState::kNone;
  };
  ASSERT_EQ(domain_state(), ListState::kActive);
  // Of an address that it speaks for as well.
  UndoFilter filter;
  filter.subjects = {Subject::Parse("b@x.test").value()};
  const Outcome one = ApplyOne(UndoOf(filter), 100);
  EXPECT_EQ(one.affected, 2u);
  EXPECT_EQ(domain_state(), ListState::kNone);
  ApplyOne(UndoOfAction(*one.undone->action), 101);
  EXPECT_EQ(domain_state(), ListState::kActive);
  // Of the domain itself.
  filter.subjects = {Subject::Parse("@x.test").value()};
  EXPECT_EQ(ApplyOne(UndoOf(filter), 102).undone->failures, 1u);
  EXPECT_EQ(domain_state(), ListState::kNone);
  EXPECT_EQ(StateOf("b@x.test"), ListState::kNone);
  EXPECT_EQ(StateOf("a@x.test"), ListState::kActive);
}

TEST_P(StoreContract, ADryRunTellsTheSameAndChangesNothing) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test"), Hard("tom@x.test")}), 1);
  Undo undo = UndoOf({});
  undo.dry_run = true;
  const Outcome dry = ApplyOne(undo, 10);
  EXPECT_TRUE(dry.changes.empty());
  EXPECT_FALSE(dry.undone->action);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_TRUE(StoryOf("joe@x.test").orders.empty());
  undo.dry_run = false;
  const Outcome real = ApplyOne(undo, 10);
  EXPECT_EQ(real.undone->failures, dry.undone->failures);
  EXPECT_EQ(real.affected, dry.affected);
  EXPECT_EQ(real.undone->effects.size(), 2u);
  EXPECT_EQ(dry.undone->effects.size(), 2u);
}

TEST_P(StoreContract, ADryRunAmongOtherWritesLeavesThemAlone) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}), 1);
  Undo dry = UndoOf({});
  dry.dry_run = true;
  // The unknown mail makes each an item of its own.
  const std::vector<Write> writes = {
      OrderBy("ann", OrderKind::kSuppress, "a@x.test"), dry,
      MarkSeen{{MailId{99}}}, OrderBy("ann", OrderKind::kSuppress, "b@x.test")};
  const auto outcomes = store_->Apply(writes, Hour(10)).value();
  EXPECT_FALSE(outcomes[2].has_value());
  for (const char* address : {"a@x.test", "b@x.test", "joe@x.test"}) {
    EXPECT_EQ(StateOf(address), ListState::kActive) << address;
  }
}

TEST_P(StoreContract, AnUndoTakesBackOrders) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}), 1);
  ApplyOne(OrderBy("tom", OrderKind::kRemove, "joe@x.test"), 5);
  ApplyOne(OrderBy("tom", OrderKind::kAllow, "@x.test"), 6);
  ApplyOne(OrderBy("eve", OrderKind::kSuppress, "bob@x.test"), 7);
  UndoFilter filter;
  filter.actor = "tom";
  const Outcome undone = ApplyOne(UndoOf(filter), 10);
  EXPECT_EQ(undone.undone->orders, 2u);
  EXPECT_EQ(undone.undone->failures, 0u);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_FALSE(StoryOf("joe@x.test").domain_allowed);
  EXPECT_EQ(StateOf("bob@x.test"), ListState::kActive);
  std::size_t undone_orders = 0;
  for (const StoredOrder& order : StoryOf("joe@x.test").orders) {
    const bool is_undo = order.id == undone.undone->action;
    EXPECT_EQ(order.kind == OrderKind::kUndo, is_undo);
    if (order.voided_by == undone.undone->action) ++undone_orders;
  }
  EXPECT_EQ(undone_orders, 2u);
  ApplyOne(UndoOfAction(*undone.undone->action), 11);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kRemoved);
  EXPECT_TRUE(StoryOf("joe@x.test").domain_allowed);
}

TEST_P(StoreContract, AnUndoTakesOnlyWhatFits) {
  const struct {
    const char* what;
    std::function<void(UndoFilter*)> set;
    std::vector<std::string> stay;
  } cases[] = {
      {"reason",
       [](UndoFilter* f) { f->reason = Reason::kComplaint; },
       {"joe@x.test", "ann@y.test", "sub@a.x.test", "bob@z.test"}},
      {"since",
       [](UndoFilter* f) { f->since = Hour(2); },
       {"joe@x.test", "sub@a.x.test"}},
      {"until",
       [](UndoFilter* f) { f->until = Hour(2); },
       {"ann@y.test", "bob@z.test"}},
      {"domain",
       [](UndoFilter* f) { f->ascii_domain = "x.test"; },
       {"ann@y.test", "sub@a.x.test", "bob@z.test"}},
      {"rule",
       [](UndoFilter* f) { f->rule = "rule of y"; },
       {"joe@x.test", "sub@a.x.test", "bob@z.test"}},
      {"scope",
       [](UndoFilter* f) { f->scope = "shop"; },
       {"joe@x.test", "ann@y.test", "sub@a.x.test", "bob@z.test"}},
      {"operator",
       [](UndoFilter* f) { f->source = ChangeSource::kOperator; },
       {"joe@x.test", "ann@y.test", "sub@a.x.test"}},
      {"bounce",
       [](UndoFilter* f) { f->source = ChangeSource::kBounce; },
       {"bob@z.test"}},
      {"log",
       [](UndoFilter* f) { f->source = ChangeSource::kLog; },
       {"joe@x.test", "ann@y.test", "sub@a.x.test", "bob@z.test"}},
      {"actor",
       [](UndoFilter* f) { f->actor = "eve"; },
       {"joe@x.test", "ann@y.test", "sub@a.x.test"}},
      {"addresses",
       [](UndoFilter* f) {
         f->subjects = {Subject::Parse("JOE@x.test").value(),
                        Subject::Parse("bob@z.test").value()};
       },
       {"ann@y.test", "sub@a.x.test"}},
      {"nothing", [](UndoFilter*) {}, {}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    backend_ = GetParam()();
    Reopen();
    ApplyOne(ReportOf("1", {Hard("joe@x.test"), Hard("sub@a.x.test")}, 1), 1);
    Witness ann = Hard("ann@y.test");
    ann.verdict.rule = "rule of y";
    ApplyOne(ReportOf("2", {ann}, 3), 3);
    ApplyOne(OrderBy("eve", OrderKind::kSuppress, "bob@z.test"), 4);
    UndoFilter filter;
    one.set(&filter);
    const Outcome outcome = ApplyOne(UndoOf(filter), 10);
    std::vector<std::string> stay;
    const ListPage page = reader_->List({}).value();
    for (const ListEntry& entry : page.entries) stay.push_back(entry.address);
    const auto sorted = [](std::vector<std::string> texts) {
      std::sort(texts.begin(), texts.end());
      return texts;
    };
    EXPECT_EQ(sorted(stay), sorted(one.stay));
    EXPECT_EQ(outcome.undone->action.has_value(), stay.size() < 4);
  }
}

TEST_P(StoreContract, AnUndoThatCannotBeIsRefused) {
  ApplyOne(ReportOf("m", {Hard("joe@x.test")}), 1);
  const ActionId action = *ApplyOne(UndoOf({}), 2).undone->action;
  Undo narrowed = UndoOfAction(action);
  narrowed.filter.ascii_domain = "x.test";
  const auto code = [&](const Undo& undo) {
    const Write write = undo;
    return store_->Apply({&write, 1}, Hour(3)).value().at(0).error().code();
  };
  EXPECT_EQ(code(narrowed), ErrorCode::kSyntax);
  EXPECT_EQ(code(UndoOfAction(ActionId{99})), ErrorCode::kNotFound);
  ApplyOne(UndoOfAction(action), 4);
  EXPECT_EQ(code(UndoOfAction(action)), ErrorCode::kNotFound);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

}  // namespace
}  // namespace postbounce
