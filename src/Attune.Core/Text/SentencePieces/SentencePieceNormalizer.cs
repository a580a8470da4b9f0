using System.Text.Json;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.SentencePieces;

/// <summary>
/// Rewrites text as SentencePiece does: characters by the longest rule of the map, user-defined pieces untouched, spaces made visible,
/// thinned out and put before the text (or after it), as the model says.
/// </summary>
internal sealed class SentencePieceNormalizer : INormalizer
{
    private const char Sign = '▁';

    private readonly SentencePieceModel.NormalizerSettings settings;
    private readonly CharacterMap? map;
    private readonly PieceTrie userDefined;
    private readonly bool suffix;
    private readonly bool continues;

    public SentencePieceNormalizer(SentencePieceModel.NormalizerSettings settings, SentencePieceModel model)
    {
        this.settings = settings;
        userDefined = new PieceTrie();
        suffix = model.WhitespaceIsSuffix;
        map = settings.CharacterMap.Length == 0 ? null : CharacterMap.Read(settings.CharacterMap, model.File)
            ?? throw new FormatException(model.File, -1, "precompiled_charsmap is cut off or broken");
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (model.Pieces[id].Type == PieceType.UserDefined)
            {
                userDefined.Add(model.Pieces[id].Text, id);
            }
        }
    }

    private SentencePieceNormalizer(SentencePieceNormalizer other)
    {
        settings = other.settings;
        suffix = other.suffix;
        map = other.map;
        userDefined = other.userDefined;
        continues = true;
    }

    public INormalizer Continuing() => new SentencePieceNormalizer(this);

    public AlignedText Normalize(AlignedText text)
    {
        ReadOnlySpan<char> input = text.Span;
        int at = 0;
        while (settings.RemoveExtraWhitespaces && at < input.Length && Prefix(input[at..], out int space) is " ")
        {
            at += space;
        }

        if (at == input.Length)
        {
            return new AlignedText();
        }

        var written = new Written(settings.EscapeWhitespaces ? Sign : ' ', input.Length + 8);
        // A text that goes on with another begins with a space where it has one itself.
        if ((continues ? at > 0 : settings.AddDummyPrefix) && !suffix)
        {
            written.AddSpace(at);
        }

        bool afterSpace = settings.RemoveExtraWhitespaces;
        while (at < input.Length)
        {
            ReadOnlySpan<char> next = Prefix(input[at..], out int length);
            next = afterSpace ? next.TrimStart(' ') : next;
            foreach (char unit in next)
            {
                written.Add(unit, at);
            }

            afterSpace = settings.RemoveExtraWhitespaces && (next.Length > 0 ? next[^1] == ' ' : afterSpace);
            at += length;
        }

        if (settings.RemoveExtraWhitespaces)
        {
            at = written.TrimEnd(at);
        }

        if (settings.AddDummyPrefix && suffix)
        {
            written.AddSpace(at);
        }

        return written.Align(text, at);
    }

    /// <summary>The same for text whose places do not matter.</summary>
    public string Normalize(string text) => Normalize(new AlignedText(text)).Span.ToString();

    public void Write(Utf8JsonWriter json) => throw SentencePieceTokenizer.NotInJson();

    // What the text's beginning becomes, and how much of the text that is.
    private ReadOnlySpan<char> Prefix(ReadOnlySpan<char> text, out int units)
    {
        units = userDefined.Longest(text, out _);
        if (units > 0)
        {
            return text[..units];
        }

        if (map?.Longest(text, out units) is { } replacement)
        {
            return replacement;
        }

        units = CodePoints.LengthAt(text, 0);
        return units == 1 && char.IsSurrogate(text[0]) ? "\uFFFD" : text[..units];
    }

    // The text that came of it, and for each unit where in the input it was read. A unit's stretch of the original ends where that of the
    // next begins: what was left out between belongs to the one before it.
    private sealed class Written(char space, int capacity)
    {
        private readonly List<char> units = new(capacity);
        private readonly List<int> places = new(capacity);

        public void Add(char unit, int place)
        {
            units.Add(unit == ' ' ? space : unit);
            places.Add(place);
        }

        public void AddSpace(int place) => Add(' ', place);

        public int TrimEnd(int end)
        {
            while (units.Count > 0 && units[^1] == space)
            {
                end = places[^1];
                units.RemoveAt(units.Count - 1);
                places.RemoveAt(places.Count - 1);
            }

            return end;
        }

        public AlignedText Align(AlignedText source, int end)
        {
            places.Add(end);
            var aligned = new AlignedText(units.Count);
            for (int i = 0; i < units.Count; i++)
            {
                bool pair = char.IsHighSurrogate(units[i]) && i + 1 < units.Count;
                int start = Original(source, places[i]);
                int stop = Original(source, places[pair ? i + 2 : i + 1]);
                aligned.Append(units[i], start, stop);
                if (pair)
                {
                    aligned.Append(units[++i], start, stop);
                }
            }

            return aligned;
        }

        private static int Original(AlignedText source, int place) =>
            place < source.Length ? source.OriginalStart(place) : source.Length == 0 ? 0 : source.OriginalEnd(source.Length - 1);
    }
}
