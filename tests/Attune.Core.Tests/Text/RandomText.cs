using StringBuilder = System.Text.StringBuilder;
using Rune = System.Text.Rune;

namespace Attune.Text;

/// <summary>Random strings of Unicode: words, spaces, marks, scripts of all planes, emoji with their joiners.</summary>
internal static class RandomText
{
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x61, 0x7A), (0x30, 0x39), (0x0, 0x1F), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x5FF),
        (0x600, 0x6FF), (0x900, 0x97F), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2100, 0x218F), (0x3040, 0x30FF),
        (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xFB00, 0xFBFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x10330, 0x1034A),
        (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0xE0100, 0xE01EF), (0x10FFF0, 0x10FFFF),
    ];

    public static string Next(Random random, int most = 60)
    {
        var text = new StringBuilder();
        for (int left = random.Next(most); left > 0;)
        {
            (int first, int last) = Ranges[random.Next(Ranges.Length)];
            for (int run = random.Next(1, 8); run > 0 && left > 0; run--, left--)
            {
                text.Append(random.Next(6) == 0 ? " " : new Rune(random.Next(first, last + 1)).ToString());
            }
        }

        return text.ToString();
    }
}
