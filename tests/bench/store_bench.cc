// How many mails a second the store takes, beside what SQLite itself can do on
// the same disk in the same run. Usage: store_bench [directory]
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mime/text/address.h"
#include "store/compress.h"
#include "store/sqlite/sqlite_store.h"

namespace postbounce {
namespace {

constexpr int kGroup = 100;
constexpr int kSingles = 3000;
constexpr int kGrouped = 60'000;
constexpr int kWarmUp = 20'000;
constexpr int kRounds = 3;

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

Timestamp TimeOf(int number) {
  return Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) +
         std::chrono::seconds(number);
}

// About 1.5 KB that zstd cannot make any smaller, as a compressed report is.
std::string KeptOf(int number) {
  std::string kept(1500, '\0');
  unsigned state = static_cast<unsigned>(number) + 1;
  for (char& c : kept) {
    state = state * 1664525u + 1013904223u;
    c = static_cast<char>(state >> 24);
  }
  return kept;
}

Mail MailOf(int number) {
  const std::string n = std::to_string(number);
  const std::string recipient =
      "user" + n + "@customer" + std::to_string(number % 500) + ".example";
  Mail mail;
  mail.digest = Sha256(n);
  mail.date = mail.received = TimeOf(number);
  mail.kind = MailKind::kDeliveryReport;
  mail.from = "MAILER-DAEMON@mx1.local.example";
  mail.subject = "Undelivered Mail Returned to Sender";
  mail.size = 4000;
  mail.rules_hash = "0123456789abcdef";
  mail.kept = KeptOf(number);
  mail.facts.envelope_recipients = {"bounces@local.example"};
  mail.facts.reporting_mta = "mx1.local.example";
  mail.facts.queue_id = "4XyZ" + n;
  mail.facts.arrival_date = TimeOf(number);
  mail.facts.original_message_id = "<" + n + ".news@local.example>";
  mail.facts.first_received =
      "by mx1.local.example (Postfix) id 4XyZ; Sat, 21 Nov 2026 00:00:00 +0000";
  Witness witness;
  witness.mailed = Address::Parse(recipient).value();
  witness.original_recipient = "rfc822;" + recipient;
  witness.final_recipient = "rfc822;" + recipient;
  witness.evidence.action = Action::kFailed;
  witness.evidence.status = "5.1.1";
  witness.evidence.diagnostic_type = "smtp";
  witness.evidence.diagnostic = "550 5.1.1 <" + recipient +
                                ">: Recipient address rejected: User unknown "
                                "in virtual mailbox table";
  witness.evidence.remote_mta = "mx.customer.example";
  witness.evidence.reporting_mta = "mx1.local.example";
  // Two of three say nothing of the address.
  const bool is_hard = number % 3 == 0;
  witness.verdict.reason = is_hard ? Reason::kNoSuchUser : Reason::kMailboxFull;
  witness.verdict.reason_class =
      is_hard ? ReasonClass::kHard : ReasonClass::kSoft;
  witness.verdict.permanent = true;
  witness.verdict.rule = "status 5.1.1";
  witness.verdict.words = "User unknown";
  mail.witnesses.push_back(std::move(witness));
  return mail;
}

// One row of the size of a small event, without any index.
class BareTable {
 public:
  explicit BareTable(const std::string& path)
      : database_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec(
        "CREATE TABLE IF NOT EXISTS bare(id INTEGER PRIMARY KEY, a INTEGER, "
        "b TEXT) STRICT");
  }

  double RowsPerSecond(int rows, int group) {
    SQLite::Statement insert(database_, "INSERT INTO bare(a, b) VALUES (?, ?)");
    const std::string text(120, 'x');
    return rows / SecondsOf([&] {
             for (int done = 0; done < rows; done += group) {
               database_.exec("BEGIN IMMEDIATE");
               for (int i = 0; i < group; ++i) {
                 insert.bind(1, done + i);
                 insert.bindNoCopy(2, text);
                 insert.exec();
                 insert.reset();
               }
               database_.exec("COMMIT");
             }
           });
  }

 private:
  SQLite::Database database_;
};

double MailsPerSecond(Store* store, int first, int count, int group) {
  std::vector<Write> writes;
  for (int i = 0; i < count; ++i) writes.emplace_back(MailOf(first + i));
  const std::span<const Write> all(writes);
  const double seconds = SecondsOf([&] {
    for (int done = 0; done < count; done += group) {
      const auto outcomes =
          store->Apply(all.subspan(static_cast<std::size_t>(done),
                                   static_cast<std::size_t>(group)),
                       TimeOf(first + done));
      if (!outcomes || !outcomes->front()) std::abort();
      // As the committer does between groups.
      if (done % 10'000 == 0 && !store->Checkpoint()) std::abort();
    }
  });
  return count / seconds;
}

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void PrintCompression() {
  std::string report;
  for (int i = 0; i < 8; ++i)
    report += MailOf(i).witnesses[0].evidence.diagnostic;
  const double seconds = SecondsOf([&] {
    for (int i = 0; i < 2000; ++i) {
      if (Compress(report).empty()) std::abort();
    }
  });
  std::printf("Compress() of %zu bytes             %10.0f /s\n", report.size(),
              2000 / seconds);
}

void RunAll(const std::string& directory) {
  BareTable bare(directory + "/bare.db");
  const auto store =
      OpenSqliteStore({directory + "/store.db", "secret", {}}).value();
  std::vector<double> bare_single, bare_grouped, single, grouped;
  int next = 0;
  // Logs that still grow are slower to sync than logs that are written over.
  bare.RowsPerSecond(kGrouped, kGroup);
  MailsPerSecond(store.get(), next, kWarmUp, kGroup);
  next += kWarmUp;
  for (int round = 0; round < kRounds; ++round) {
    bare_single.push_back(bare.RowsPerSecond(kSingles, 1));
    single.push_back(MailsPerSecond(store.get(), next, kSingles, 1));
    next += kSingles;
    bare_grouped.push_back(bare.RowsPerSecond(kGrouped, kGroup));
    grouped.push_back(MailsPerSecond(store.get(), next, kGrouped, kGroup));
    next += kGrouped;
    std::printf("round %d: bare %.0f and %.0f, store %.0f and %.0f /s\n",
                round + 1, bare_single.back(), bare_grouped.back(),
                single.back(), grouped.back());
  }
  std::printf("median of %d rounds, synchronous=FULL, %d mails stored\n",
              kRounds, next);
  std::printf("bare SQLite, one row a commit       %10.0f /s\n",
              MedianOf(bare_single));
  std::printf("Store::Apply, one mail a commit     %10.0f /s   %4.0f %%\n",
              MedianOf(single), 100 * MedianOf(single) / MedianOf(bare_single));
  std::printf("bare SQLite, %d rows a commit      %10.0f /s\n", kGroup,
              MedianOf(bare_grouped));
  std::printf("Store::Apply, %d mails a commit    %10.0f /s   %4.0f %%\n",
              kGroup, MedianOf(grouped),
              100 * MedianOf(grouped) / MedianOf(bare_grouped));
  PrintCompression();
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  // Not in /tmp, which may be memory: fsync must reach a disk.
  std::string directory =
      std::string(argc > 1 ? argv[1] : ".") + "/store-bench-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  postbounce::RunAll(directory);
  std::filesystem::remove_all(directory);
  return 0;
}
