using System.Text.Json;
using Attune.Text.Decoders;

namespace Attune.Text.SentencePieces;

/// <summary>
/// Puts pieces together as SentencePiece does: control pieces are nothing, the unknown has its own sign, bytes are read as UTF-8, and what
/// the normalizer put before the text is taken away.
/// </summary>
internal sealed class SentencePieceDecoder(SentencePieceModel model, Vocabulary vocabulary) : IDecoder
{
    private readonly SentencePieceNormalizer? denormalizer =
        model.Denormalizer is { } settings ? new SentencePieceNormalizer(settings, model with { WhitespaceIsSuffix = false, Pieces = [] }) : null;

    public List<string> Decode(List<string> tokens)
    {
        var text = new System.Text.StringBuilder();
        var bytes = new List<byte>();
        bool atStart = true;
        bool tookSpace = false;
        foreach (string token in tokens)
        {
            int id = vocabulary.IdOf(token.AsSpan());
            PieceType type = id < 0 ? PieceType.Unknown : model.Pieces[id].Type;
            if (type == PieceType.Byte)
            {
                bytes.Add((byte)BytePieces.Byte(token));
                continue;
            }

            Flush(bytes, text);
            atStart &= !tookSpace && text.Length == 0;
            tookSpace = false;
            text.Append(type switch
            {
                PieceType.Control => "",
                PieceType.Unknown => id < 0 ? token : model.UnknownSurface,
                _ => Spaced(token, atStart, ref tookSpace),
            });
        }

        Flush(bytes, text);
        return [denormalizer?.Normalize(text.ToString()) ?? text.ToString()];
    }

    public void Write(Utf8JsonWriter json) => throw SentencePieceTokenizer.NotInJson();

    // The sign at the text's start is not text; where the normalizer thins spaces out, no sign there is.
    private string Spaced(string piece, bool atStart, ref bool tookSpace)
    {
        bool takes = atStart && (model.Normalizer.AddDummyPrefix || model.Normalizer.RemoveExtraWhitespaces) && piece.StartsWith('▁');
        tookSpace = takes && !model.Normalizer.RemoveExtraWhitespaces;
        return (takes ? piece[1..] : piece).Replace('▁', ' ');
    }

    // A byte that belongs to no character becomes U+FFFD by itself.
    private static void Flush(List<byte> bytes, System.Text.StringBuilder text)
    {
        ReadOnlySpan<byte> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        while (rest.Length > 0)
        {
            bool valid = System.Text.Rune.DecodeFromUtf8(rest, out System.Text.Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? rune.ToString() : "\uFFFD");
            rest = rest[(valid ? length : 1)..];
        }

        bytes.Clear();
    }
}
