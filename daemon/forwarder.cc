#include "daemon/forwarder.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "daemon/sendmail.h"

namespace postbounce {
namespace {

constexpr std::chrono::seconds kSendLimit{30};
constexpr std::chrono::seconds kRetry{60};

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
  pending_ = true;
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
    const auto has_work = [this] { return pending_ || stopping_; };
    if (failed) {
      wakeup_.wait_for(lock, kRetry, has_work);
    } else {
      wakeup_.wait(lock, has_work);
    }
    if (stopping_) return;
    pending_ = false;
    const Settings settings = settings_;
    lock.unlock();
    failed = !settings.address.empty() && !SendAll(settings);
    lock.lock();
  }
}

bool Forwarder::SendAll(const Settings& settings) {
  InboxQuery query;
  query.to_forward = true;
  query.with_seen = true;
  do {
    const auto page = reader_->Inbox(query);
    if (!page) {
      complain_("cannot read what is to be forwarded: " +
                page.error().ToString());
      return false;
    }
    for (const InboxEntry& entry : page->entries) {
      if (is_stopping()) return false;
      if (done_.contains(entry.id)) continue;
      if (!SendOne(settings, entry.id)) return false;
    }
    query.cursor = page->cursor;
  } while (!query.cursor.empty());
  return true;
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
    return false;
  }
  done_.insert(id);
  sent_(id);
  return true;
}

}  // namespace postbounce
