using Attune.Verification;

namespace Attune.Text;

public sealed class ChatTemplateTortureTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_templates_are_rendered_or_refused_within_their_budgets()
    {
        const int Count = 30_000;
        TortureReport report = Torturer.Run(new ChatTemplateTorture(), Count);
        output.WriteLine($"{report.Read} rendered, {report.Refused} refused, slowest {report.Slowest.TotalMilliseconds:F1} ms");
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.True(report.Read > Count / 8 && report.Refused > Count / 10, $"one-sided: {report.Read} read, {report.Refused} refused");
    }
}
