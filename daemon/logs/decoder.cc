#include "daemon/logs/decoder.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace postbounce {
namespace {

// What an archive may ask for: "xz -9" 65 MiB, "zstd -19 --long" 128 MiB.
constexpr std::uint64_t kMaxMemory = 128u << 20;

// A decoder of one archive after the other, whose streams have next_in,
// avail_in, next_out and avail_out: zlib, bzip2 and xz took them from zlib.
template <class Stream>
class StreamDecoder : public Decoder {
 public:
  Step Decode(std::string_view in, std::span<char> out) final {
    using Byte = std::remove_reference_t<decltype(*stream_.next_out)>;
    const std::size_t padding = PaddingOf(in);
    in.remove_prefix(padding);
    if (in.empty() && is_complete_) return {padding, 0, nullptr};
    // zlib and bzip2 declare the input as what may be written to.
    stream_.next_in = reinterpret_cast<Byte*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<decltype(stream_.avail_in)>(in.size());
    stream_.next_out = reinterpret_cast<Byte*>(out.data());
    stream_.avail_out = static_cast<decltype(stream_.avail_out)>(out.size());
    is_first_ = is_complete_ = false;
    const char* error = Run();
    return {padding + in.size() - stream_.avail_in,
            out.size() - stream_.avail_out, error};
  }

  bool is_complete() const final { return is_complete_; }

 protected:
  // One call of the library; what is wrong, or null.
  virtual const char* Run() = 0;

  Stream stream_{};
  bool is_complete_ = true;

 private:
  // Tapes and xz fill archives up with zeros.
  std::size_t PaddingOf(std::string_view in) const {
    if (is_first_ || !is_complete_) return 0;
    return std::min(in.find_first_not_of('\0'), in.size());
  }

  bool is_first_ = true;
};

class GzipDecoder : public StreamDecoder<z_stream> {
 public:
  GzipDecoder() { is_open_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~GzipDecoder() override {
    if (is_open_) inflateEnd(&stream_);
  }
  bool is_open() const { return is_open_; }

 private:
  const char* Run() override {
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      is_complete_ = true;
      inflateReset(&stream_);
      return nullptr;
    }
    if (code == Z_OK || code == Z_BUF_ERROR) return nullptr;
    return stream_.msg != nullptr ? stream_.msg : "damaged";
  }

  bool is_open_;
};

class Bzip2Decoder : public StreamDecoder<bz_stream> {
 public:
  Bzip2Decoder() { Open(); }
  ~Bzip2Decoder() override { Close(); }
  bool is_open() const { return is_open_; }

 private:
  void Open() { is_open_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
  void Close() {
    if (is_open_) BZ2_bzDecompressEnd(&stream_);
    is_open_ = false;
  }
  const char* Run() override {
    if (!is_open_) Open();
    const int code = BZ2_bzDecompress(&stream_);
    if (code == BZ_STREAM_END) {
      is_complete_ = true;
      Close();
      return nullptr;
    }
    if (code == BZ_OK) return nullptr;
    if (code == BZ_DATA_ERROR_MAGIC) return "not bzip2";
    return code == BZ_MEM_ERROR ? "not enough memory" : "damaged";
  }

  bool is_open_ = false;
};

class XzDecoder : public StreamDecoder<lzma_stream> {
 public:
  XzDecoder() { is_open_ = Open(); }
  ~XzDecoder() override { lzma_end(&stream_); }
  bool is_open() const { return is_open_; }

 private:
  bool Open() {
    return lzma_stream_decoder(&stream_, kMaxMemory, 0) == LZMA_OK;
  }
  const char* Run() override {
    if (!is_open_) is_open_ = Open();
    if (!is_open_) return "not enough memory";
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    if (code == LZMA_STREAM_END) {
      is_complete_ = true;
      is_open_ = false;
      return nullptr;
    }
    if (code == LZMA_OK || code == LZMA_BUF_ERROR) return nullptr;
    if (code == LZMA_FORMAT_ERROR) return "not xz";
    if (code == LZMA_MEMLIMIT_ERROR) return "needs more than 128 MiB of memory";
    return code == LZMA_MEM_ERROR ? "not enough memory" : "damaged";
  }

  bool is_open_;
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {}
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  bool is_open() const { return stream_ != nullptr; }

  Step Decode(std::string_view in, std::span<char> out) override {
    if (in.empty() && is_complete_) return {};
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(stream_, &to, &from);
    is_complete_ = code == 0;
    return {from.pos, to.pos,
            ZSTD_isError(code) ? ZSTD_getErrorName(code) : nullptr};
  }
  bool is_complete() const override { return is_complete_; }

 private:
  ZSTD_DStream* stream_;
  bool is_complete_ = true;
};

template <class T>
std::unique_ptr<Decoder> Make() {
  auto decoder = std::make_unique<T>();
  if (!decoder->is_open()) return nullptr;
  return decoder;
}

}  // namespace

Compression CompressionOf(std::string_view head) {
  if (head.starts_with("\x1f\x8b\x08")) return Compression::kGzip;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Compression::kZstd;
  // "pzstd" begins with a frame to be skipped.
  if (head.size() >= 4 && (head[0] & 0xf0) == 0x50 &&
      head.substr(1, 3) == "\x2a\x4d\x18") {
    return Compression::kZstd;
  }
  if (head.starts_with(std::string_view("\xfd\x37zXZ\0", 6))) {
    return Compression::kXz;
  }
  // The number pi, or of its root where there is nothing: a text may begin
  // with "BZh".
  if (head.starts_with("BZh") && head.size() >= kMagicSize &&
      (head.substr(4, 6) == "1AY&SY" ||
       head.substr(4, 6) == "\x17\x72\x45\x38\x50\x90")) {
    return Compression::kBzip2;
  }
  return Compression::kNone;
}

std::unique_ptr<Decoder> MakeDecoder(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return nullptr;
    case Compression::kGzip:
      return Make<GzipDecoder>();
    case Compression::kZstd:
      return Make<ZstdDecoder>();
    case Compression::kBzip2:
      return Make<Bzip2Decoder>();
    case Compression::kXz:
      return Make<XzDecoder>();
  }
  return nullptr;
}

}  // namespace postbounce
