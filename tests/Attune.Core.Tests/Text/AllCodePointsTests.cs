using System.Security.Cryptography;
using System.Text.Json;
using Attune.Text.Normalizers;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>
/// Every code point, between letters, between marks and alone on a line, through the parts that decide by Unicode's tables: the hashes are of what
/// tokenizers 0.23.3 makes of them. What it decides by tables of an older Unicode, Attune does too.
/// </summary>
public sealed class AllCodePointsTests
{
    private const int Block = 0x1000;

    // What lies between them is Han, private or unassigned: treated alike.
    private static readonly int[] Blocks = [.. Enumerable.Range(0, 0x20).Select(block => block * Block), 0x2F000, 0xE0000, 0x10F000];
    private const string PieceEnd = "\u0001";

    [Theory]
    [InlineData(
        """{"type": "NFC"}""",
        "af2daa58ac862986b77a06d937925b7b332ac042cbbbc5dacdef3241469533c9")]
    [InlineData(
        """{"type": "NFD"}""",
        "81dc70f40c1895b6b499c12758b56b8145aebe74d7d03c92eb98d0117e2ae206")]
    [InlineData(
        """{"type": "NFKC"}""",
        "28d28412771639babb49ec7885bc4dc61258d0f0563ddf06d56c38708d5591d8")]
    [InlineData(
        """{"type": "NFKD"}""",
        "52e0052f768860ae0c4920f1d1e6b42fa3dc47e5d7b35a89d87b1ef686ded1bc")]
    [InlineData(
        """{"type": "Lowercase"}""",
        "e03b33344cf8cf2feb4fb8e5c4ee30352300c7f3db96c9d29d46ad3d03922c59")]
    [InlineData(
        """{"type": "StripAccents"}""",
        "e02145e62f173ca25bc1290e4da6577d173a9e430b93d2b5f4ad3aaff51cdc76")]
    [InlineData(
        """{"type": "Nmt"}""",
        "9a451edade6f239332f1ada4c87ac15f6337c9e97ae7bd173aadd5c5039b63bc")]
    [InlineData(
        """{"type": "Strip", "strip_left": true, "strip_right": true}""",
        "afef2b05c62eec6eb13106d53c970a0fb0351e9deb2c4cf496a44b876a865d7a")]
    [InlineData(
        """{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": false, "strip_accents": false, "lowercase": false}""",
        "96e7d4a34fbd75c36ce2a708d799f3d43771c8ade572d67a3b6e9f32862cf056")]
    [InlineData(
        """{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": true, "strip_accents": false, "lowercase": false}""",
        "6fbe81f059d228c7fefb35531d7a5705b6810b7515588716f3e6dc33b71cdfba")]
    [InlineData(
        """{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": true, "lowercase": false}""",
        "b50d4083e380dd8a071333ef1670f3349ce600475f901caab19ea82ec498b1ad")]
    [InlineData(
        """{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": false, "lowercase": true}""",
        "e03b33344cf8cf2feb4fb8e5c4ee30352300c7f3db96c9d29d46ad3d03922c59")]
    public void Normalizers_treat_every_code_point_as_the_tokenizers_library_does(string json, string hash)
    {
        using var document = JsonDocument.Parse(json);
        INormalizer normalizer = NormalizerReader.Read(new Part(document.RootElement, "test", "normalizer"));
        AssertHash(hash, text => normalizer.Normalize(new AlignedText(text)).Span.ToString());
    }

    [Theory]
    [InlineData(
        """{"type": "BertPreTokenizer"}""",
        "89026f6abd1697e022c0eb9352a9585058c0ebe209d9889e5c36abd50381dca8")]
    [InlineData(
        """{"type": "Punctuation", "behavior": "Isolated"}""",
        "5bfb733d5d4d689a7dcc2b6b209c79d4d90db2798a02ed12b161974cd5bd50bd")]
    [InlineData(
        """{"type": "Whitespace"}""",
        "4d194fc1ff745f8d7fce2323e5efeb1e8e7416bc1d3ecbaa54794a31ec10b9b9")]
    [InlineData(
        """{"type": "WhitespaceSplit"}""",
        "f84813f15f839cc0c254cda224027cfe60a5e63ac79e9a0ca7388949b0e36da9")]
    [InlineData(
        """{"type": "Digits", "individual_digits": true}""",
        "8cc0eebc82a74ee6f0d265024690cd6e473d76fc62943a307d379a71ce46c858")]
    [InlineData(
        """{"type": "UnicodeScripts"}""",
        "4fe776203a41eaf4a3f8e1373f2562b467c5ea1b0dce77cdb05bc83959a4ceb3")]
    [InlineData(
        """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""",
        "bd64f5f5a59c55efb860dda9d1c6563e375bd697b7cec025bfa6701f9d11d0c2")]
    [InlineData(
        """{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}""",
        "6d89b52121aedac6b42df0a9ea85a128ef8c90dff26f939f35c5a653b7a3d817")]
    public void Pre_tokenizers_treat_every_code_point_as_the_tokenizers_library_does(string json, string hash)
    {
        using var document = JsonDocument.Parse(json);
        IPreTokenizer preTokenizer = PreTokenizerReader.Read(new Part(document.RootElement, "test", "pre_tokenizer"));
        AssertHash(hash, text =>
        {
            var whole = new AlignedText(text);
            var pieces = new PreTokenizedText();
            pieces.Add(new Piece(whole, 0, whole.Length, -1));
            preTokenizer.PreTokenize(pieces);
            var found = new List<string>();
            foreach (Piece piece in pieces.Pieces)
            {
                found.Add(piece.Text.ToString());
            }

            return string.Join(PieceEnd, found);
        });
    }

    private static void AssertHash(string hash, Func<string, string> result)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int from in Blocks)
        {
            var text = new System.Text.StringBuilder();
            for (int codePoint = from; codePoint < from + Block; codePoint++)
            {
                if (codePoint is < 0xD800 or > 0xDFFF)
                {
                    string character = char.ConvertFromUtf32(codePoint);
                    text.Append($"a{character}b\n{character}\na\u0345{character}\u0334b\n");
                }
            }

            sha.AppendData(System.Text.Encoding.UTF8.GetBytes(text.Length > 0 ? result(text.ToString()) : ""));
        }

        Assert.Equal(hash, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }
}
