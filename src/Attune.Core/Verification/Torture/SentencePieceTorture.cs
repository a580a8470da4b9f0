using Attune.Text;
using Attune.Text.SentencePieces;

namespace Attune.Verification;

/// <summary>
/// Tortures the readers of <c>.model</c> files, SentencePiece's and tiktoken's, and what they make: a text is encoded and decoded. A good
/// file is a list of fields, of which some get another number, go missing or come twice.
/// </summary>
internal sealed class SentencePieceTorture : ITortureTarget
{
    private const string Sample = "ab xyz  é😀 <s>ba\n";

    private static readonly string?[] Classes = [null, "LlamaTokenizer", "T5Tokenizer", "XLMRobertaTokenizer"];

    public string Name => "sentencepiece";

    public byte[] Make(Random random)
    {
        if (random.Next(8) == 0)
        {
            byte[] ranks = System.Text.Encoding.ASCII.GetBytes(string.Join('\n', "abxyz ".Select((letter, rank) => $"{Convert.ToBase64String([(byte)letter])} {rank}")) + "\nYWI= 6\n");
            return random.Next(3) == 0 ? ranks : ByteMutator.Damage(random, ranks);
        }

        List<byte[]> fields = Fields(random);
        for (int i = random.Next(4) == 0 ? 0 : random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(fields.Count);
            switch (random.Next(5))
            {
                case 0:
                    fields.RemoveAt(at);
                    break;
                case 1:
                    fields.Insert(at, [.. fields[random.Next(fields.Count)]]);
                    break;
                case 2:
                    fields.Insert(at, Field(random.Next(1, 8), random.Next(6), ByteMutator.Number(random, 3)));
                    break;
                default:
                    fields[at] = ByteMutator.Damage(random, [.. fields[at]]);
                    break;
            }
        }

        byte[] file = [.. fields.SelectMany(field => field)];
        return random.Next(6) == 0 ? ByteMutator.Damage(random, file) : file;
    }

    public void Read(byte[] input)
    {
        if (Tiktoken.Looks(input))
        {
            Use(Tiktoken.Make(input, Name, Tiktoken.DefaultPattern, [], new SpecialTokens()));
            return;
        }

        AttuneException? refused = null;
        foreach (string? className in Classes)
        {
            try
            {
                Use(LegacySentencePiece.Make(input, new TokenizerConfig { Class = className, ExtraIds = 3 }, Name));
            }
            catch (AttuneException exception) when (className is not null && exception.Place is not null)
            {
                // A pipeline of transformers may lack a token that its class needs, where the library's own does not.
                refused = exception;
            }
        }

        if (refused is not null)
        {
            throw refused;
        }
    }

    private static void Use(Tokenizer tokenizer)
    {
        Encoding encoding = tokenizer.Encode(Sample);
        _ = tokenizer.Decode(encoding.Ids) + tokenizer.Decode(encoding.Ids, skipSpecialTokens: false);
        if (encoding.OffsetsInCodePoints().Any(range => range.Start < 0 || range.End > Sample.Length || range.Start > range.End))
        {
            throw new InvalidOperationException("an offset lies outside of the text");
        }

        foreach (int id in tokenizer.Encode("<s>", [new TextRange(0, 3)], addSpecialTokens: false).Ids)
        {
            if (tokenizer.IsSpecial(id) && id != tokenizer.UnknownTokenId)
            {
                throw new InvalidOperationException("a special token came of text");
            }
        }
    }

    // A good file: a few pieces of each type, and settings of both kinds.
    private static List<byte[]> Fields(Random random)
    {
        bool bytes = random.Next(4) == 0;
        List<byte[]> fields =
        [
            Message(1, Piece("<unk>", 0, PieceType.Unknown)), Message(1, Piece("<s>", 0, PieceType.Control)), Message(1, Piece("</s>", 0, PieceType.Control)),
        ];
        string[] pieces = ["▁", "a", "b", "ab", "▁ab", "x", "xy", "yz", "z", "xyz", "é", "ba", "<s", ">", "▁x"];
        float score = -1;
        foreach (string piece in pieces.Where(_ => random.Next(5) > 0))
        {
            PieceType type = random.Next(8) switch { 0 => PieceType.UserDefined, 1 => PieceType.Unused, _ => PieceType.Normal };
            fields.Add(Message(1, Piece(piece, score -= random.Next(3) * 0.5f, type)));
        }

        for (int value = 0; bytes && value < 256; value++)
        {
            fields.Add(Message(1, Piece(BytePieces.Piece((byte)value), 0, PieceType.Byte)));
        }

        byte[] trainer = [.. Field(3, 0, (ulong)random.Next(1, 5)), .. Field(24, 0, (ulong)random.Next(2)), .. Field(35, 0, bytes ? 1UL : 0)];
        byte[] map = random.Next(2) == 0 ? [] : Message(2, TokenizerTorture.Map());
        fields.Add(Message(2, trainer));
        fields.Add(Message(3, [.. map, .. Field(3, 0, (ulong)random.Next(2)), .. Field(4, 0, (ulong)random.Next(2)), .. Field(5, 0, (ulong)random.Next(4) / 3 ^ 1)]));
        if (random.Next(3) == 0)
        {
            fields.Add(Message(5, Message(2, TokenizerTorture.Map())));
        }

        return fields;
    }

    private static byte[] Piece(string text, float score, PieceType type) =>
        [.. Message(1, System.Text.Encoding.UTF8.GetBytes(text)), .. Varint((2 << 3) | 5), .. BitConverter.GetBytes(score), .. Field(3, 0, (ulong)type)];

    private static byte[] Message(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Field(int field, int wire, ulong value) => [.. Varint(((ulong)field << 3) | (uint)wire), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
