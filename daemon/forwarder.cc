#include "daemon/forwarder.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/sendmail.h"

namespace postbounce {
namespace {

constexpr std::chrono::seconds kSendLimit{30};
// A mail that sendmail(1) never takes must not keep the others waiting, and a
// sendmail that takes none need not be tried with all.
constexpr int kFailures = 3;

}  // namespace

Forwarder::Forwarder(std::unique_ptr<Reader> reader, Settings settings,
                     std::function<void(MailId)> sent,
                     std::function<void(const std::string&)> complain)
    : reader_(std::move(reader)),
      sent_(std::move(sent)),
      complain_(std::move(complain)),
      settings_(std::move(settings)),
      thread_([this] { Run(); }) {}

Forwarder::~Forwarder() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wakeup_.notify_one();
  }
  thread_.join();
}

void Forwarder::Use(Settings settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  pending_ = renewed_ = true;
  wakeup_.notify_one();
}

void Forwarder::Wake() {
  const std::lock_guard lock(mutex_);
  pending_ = true;
  wakeup_.notify_one();
}

bool Forwarder::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Forwarder::Run() {
  std::unique_lock lock(mutex_);
  bool failed = false;
  for (;;) {
    WaitForWork(&lock, failed, settings_.retry);
    if (stopping_) return;
    if (renewed_) failed_.clear();
    pending_ = renewed_ = false;
    const Settings settings = settings_;
    lock.unlock();
    failed = !settings.address.empty() && !SendAll(settings);
    lock.lock();
  }
}

// New mail makes no sendmail(1) well again: after a failure it waits, too.
void Forwarder::WaitForWork(std::unique_lock<std::mutex>* lock, bool failed,
                            std::chrono::milliseconds retry) {
  if (failed) {
    wakeup_.wait_for(*lock, retry, [this] { return renewed_ || stopping_; });
  } else {
    wakeup_.wait(*lock, [this] { return pending_ || stopping_; });
  }
}

bool Forwarder::SendAll(const Settings& settings) {
  InboxQuery query;
  query.to_forward = true;
  query.with_seen = true;
  int failures = 0;
  std::set<MailId> unknown;  // sent, and the store does not know it
  do {
    const auto page = reader_->Inbox(query);
    if (!page) {
      complain_("cannot read what is to be forwarded: " +
                page.error().ToString());
      return false;
    }
    for (const InboxEntry& entry : page->entries) {
      if (is_stopping()) return false;
      if (failed_.contains(entry.id)) continue;
      if (done_.contains(entry.id)) {
        sent_(entry.id);
      } else if (!SendOne(settings, entry.id)) {
        if (++failures == kFailures) return false;
        continue;
      }
      unknown.insert(entry.id);
    }
    query.cursor = page->cursor;
  } while (!query.cursor.empty());
  done_ = std::move(unknown);
  return std::exchange(failed_, {}).empty();
}

bool Forwarder::SendOne(const Settings& settings, MailId id) {
  const auto message = reader_->KeptMail(id);
  const Result<void> sent =
      message ? SendMail(settings.sendmail, settings.address,
                         ToBeForwarded(*message, settings.hostname), kSendLimit)
              : Result<void>(message.error());
  if (!sent) {
    complain_(fmt::format("mail={} was not forwarded and is tried again: {}",
                          static_cast<std::int64_t>(id),
                          sent.error().ToString()));
    failed_.insert(id);
    return false;
  }
  done_.insert(id);
  sent_(id);
  return true;
}

}  // namespace postbounce
