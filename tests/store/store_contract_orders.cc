#include <map>

#include "store/keys.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

Order OrderOf(OrderKind kind, std::vector<std::string_view> subjects) {
  Order order;
  order.kind = kind;
  for (const std::string_view subject : subjects) {
    order.subjects.push_back(Subject::Parse(subject).value());
  }
  order.actor = "ann";
  order.why = "they called";
  return order;
}

std::vector<std::string> Listed(Reader* reader, ListQuery query = {}) {
  std::vector<std::string> listed;
  const ListPage page = reader->List(query).value();
  for (const ListEntry& entry : page.entries) listed.push_back(entry.address);
  return listed;
}

using Texts = std::vector<std::string>;

TEST_P(StoreContract, AnAddressThatWasNeverSeenCanBeSuppressedAndRemoved) {
  Order suppress = OrderOf(OrderKind::kSuppress, {"Joe@x.test", "@dead.test"});
  suppress.reason = Reason::kNoSuchUser;
  suppress.until = Hour(200) - std::chrono::milliseconds(999);
  const Outcome outcome = ApplyOne(suppress);
  EXPECT_EQ(outcome.affected, 2u);
  ASSERT_EQ(outcome.changes.size(), 2u);
  EXPECT_EQ(outcome.changes[0].key,
            reader_->keys().KeyOf(AddressOf("joe@x.test")));
  EXPECT_EQ(outcome.changes[0].until, Hour(200));
  EXPECT_EQ(outcome.changes[1].key, reader_->keys().KeyOfDomain("dead.test"));

  const AddressStory story = StoryOf("joe@x.test");
  EXPECT_EQ(story.decision.state, ListState::kActive);
  EXPECT_EQ(story.decision.reason, Reason::kNoSuchUser);
  EXPECT_EQ(story.decision.since, Hour(100));
  ASSERT_EQ(story.orders.size(), 1u);
  EXPECT_EQ(story.orders[0].actor, "ann");
  EXPECT_EQ(story.orders[0].why, "they called");
  EXPECT_EQ(story.orders[0].subject, "Joe@x.test");
  ASSERT_TRUE(StoryOf("any@dead.test").domain);
  EXPECT_EQ(StoryOf("any@dead.test").domain->state, ListState::kActive);
  EXPECT_EQ(Listed(reader_.get()), (Texts{"Joe@x.test", "@dead.test"}));

  ApplyOne(OrderOf(OrderKind::kRemove, {"joe@X.test", "@dead.test"}), 101);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kRemoved);
  EXPECT_EQ(Listed(reader_.get()), Texts{});
  EXPECT_EQ(StoryOf("joe@x.test").orders.size(), 2u);
}

TEST_P(StoreContract, WhatIsListedIsFoundByItsKey) {
  Order suppress = OrderOf(OrderKind::kSuppress, {"Joe@x.test", "@dead.test"});
  suppress.reason = Reason::kNoSuchUser;
  const Outcome all_mail = ApplyOne(suppress);
  ASSERT_EQ(all_mail.changes.size(), 2u);
  const char* const kSubjects[] = {"Joe@x.test", "@dead.test"};
  for (std::size_t i = 0; i < 2; ++i) {
    SCOPED_TRACE(kSubjects[i]);
    const Key128& key = all_mail.changes[i].key;
    EXPECT_EQ(reader_->FindByHash(HashOf(key)).value().ToString(),
              kSubjects[i]);
    const auto decisions = reader_->Decisions(key).value();
    ASSERT_EQ(decisions.size(), 1u);
    EXPECT_EQ(decisions[0].since, Hour(100));
  }
  suppress.subjects.pop_back();
  suppress.scope = "shop.test";
  ApplyOne(suppress, 101);
  const auto both = reader_->Decisions(all_mail.changes[0].key).value();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].since, Hour(100));
  EXPECT_EQ(both[1].scope, "shop.test");
  EXPECT_EQ(both[1].since, Hour(101));
  for (const std::uint64_t hash : {std::uint64_t{0}, ~std::uint64_t{0}}) {
    const auto nobody = reader_->FindByHash(hash);
    ASSERT_FALSE(nobody.has_value());
    EXPECT_EQ(nobody.error().code(), ErrorCode::kNotFound);
  }
  EXPECT_TRUE(reader_->Decisions(Key128()).value().empty());
}

TEST_P(StoreContract, TheSameOrderTwiceChangesNothingMore) {
  for (const OrderKind kind :
       {OrderKind::kSuppress, OrderKind::kAllow, OrderKind::kRemove}) {
    SCOPED_TRACE(OrderName(kind));
    ApplyOne(OrderOf(kind, {"joe@x.test"}));
    const AddressStory before = StoryOf("joe@x.test");
    const Outcome again = ApplyOne(OrderOf(kind, {"joe@x.test"}), 101);
    const AddressStory after = StoryOf("joe@x.test");
    EXPECT_EQ(after.decision.state, before.decision.state);
    EXPECT_EQ(after.orders.size(), before.orders.size() + 1);
    if (kind != OrderKind::kSuppress) continue;
    EXPECT_EQ(again.affected, 0u);
    EXPECT_EQ(after.decision, before.decision);
  }
}

TEST_P(StoreContract, AnOrderForOneScopeLeavesOtherMailAlone) {
  Order order = OrderOf(OrderKind::kSuppress, {"joe@x.test"});
  order.scope = "shop";
  const Outcome outcome = ApplyOne(order);
  ASSERT_EQ(outcome.changes.size(), 1u);
  EXPECT_EQ(outcome.changes[0].scope, "shop");
  const AddressStory story = StoryOf("joe@x.test");
  EXPECT_EQ(story.decision.state, ListState::kNone);
  ASSERT_EQ(story.scoped.size(), 1u);
  EXPECT_EQ(story.scoped[0].state, ListState::kActive);
  ListQuery query;
  query.scope = "";
  EXPECT_EQ(Listed(reader_.get(), query), Texts{});
  query.scope = "shop";
  EXPECT_EQ(Listed(reader_.get(), query), Texts{"joe@x.test"});
}

TEST_P(StoreContract, WhoIsAllowedIsNotListedUntilThatEnds) {
  ApplyOne(ReportOf(
      "m", {Hard("joe@x.test"), Hard("ann@y.test"), Hard("tom@z.test")}));
  Order allow = OrderOf(OrderKind::kAllow, {"joe@x.test", "@Y.test"});
  allow.until = Hour(200) - std::chrono::milliseconds(1);
  const Outcome outcome = ApplyOne(allow);
  ASSERT_EQ(outcome.changes.size(), 2u);
  EXPECT_TRUE(outcome.changes[0].is_allowed);
  EXPECT_EQ(outcome.changes[0].state, ListState::kActive);
  EXPECT_EQ(outcome.changes[0].until, Hour(200));

  ListQuery query;
  query.now = Hour(150);
  EXPECT_EQ(Listed(reader_.get(), query), Texts{"tom@z.test"});
  query.now = Hour(200);
  EXPECT_EQ(Listed(reader_.get(), query).size(), 3u);
  ASSERT_TRUE(StoryOf("joe@x.test").allowed);
  EXPECT_EQ(StoryOf("joe@x.test").allowed->actor, "ann");
  ASSERT_TRUE(StoryOf("ann@y.test").domain_allowed);
  EXPECT_EQ(StateOf("ann@y.test"), ListState::kActive);

  std::map<Key128, int> allowed;
  const auto each = [&](const ListChange& one) {
    if (one.is_allowed) ++allowed[one.key];
  };
  ASSERT_TRUE(reader_->EachPlace(each).has_value());
  EXPECT_EQ(allowed.size(), 2u);

  const Outcome ended =
      ApplyOne(OrderOf(OrderKind::kDisallow, {"joe@x.test"}), 101);
  ASSERT_EQ(ended.changes.size(), 1u);
  EXPECT_TRUE(ended.changes[0].is_allowed);
  EXPECT_EQ(ended.changes[0].state, ListState::kNone);
  query.now = Hour(150);
  EXPECT_EQ(Listed(reader_.get(), query), (Texts{"joe@x.test", "tom@z.test"}));
}

TEST_P(StoreContract, PagesThroughTheAllowList) {
  ApplyOne(OrderOf(OrderKind::kAllow, {"a@x.test", "b@x.test", "@c.test"}));
  Texts all;
  std::string cursor;
  do {
    const AllowPage page = reader_->Allowed(cursor, 2).value();
    for (const StoredOrder& order : page.entries) all.push_back(order.subject);
    cursor = page.cursor;
  } while (!cursor.empty());
  EXPECT_EQ(all, (Texts{"a@x.test", "b@x.test", "@c.test"}));
  EXPECT_FALSE(reader_->Allowed("no cursor", 2).has_value());
}

TEST_P(StoreContract, PagesAreFullThoughSomeAreAllowed) {
  std::vector<Witness> witnesses;
  for (int i = 0; i < 9; ++i) {
    witnesses.push_back(Hard("u" + std::to_string(i) + "@x.test"));
  }
  ApplyOne(ReportOf("m", witnesses));
  ApplyOne(OrderOf(OrderKind::kAllow, {"u1@x.test", "u2@x.test", "u8@x.test"}));
  ListQuery query;
  query.limit = 3;
  Texts all;
  int pages = 0;
  do {
    const ListPage page = reader_->List(query).value();
    for (const ListEntry& entry : page.entries) all.push_back(entry.address);
    query.cursor = page.cursor;
    ++pages;
  } while (!query.cursor.empty());
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(all, (Texts{"u0@x.test", "u3@x.test", "u4@x.test", "u5@x.test",
                        "u6@x.test", "u7@x.test"}));
}

TEST_P(StoreContract, ListsAStateAsItIsByNow) {
  Order order = OrderOf(OrderKind::kSuppress, {"joe@x.test"});
  order.until = Hour(200);
  ApplyOne(order);
  const struct {
    int hour;
    ListState state;
    std::size_t want;
  } cases[] = {{199, ListState::kActive, 1},
               {199, ListState::kExpired, 0},
               {200, ListState::kActive, 0},
               {200, ListState::kExpired, 1}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.hour);
    SCOPED_TRACE(StateName(one.state));
    ListQuery query;
    query.now = Hour(one.hour);
    query.state = one.state;
    EXPECT_EQ(Listed(reader_.get(), query).size(), one.want);
  }
}

}  // namespace
}  // namespace postbounce
