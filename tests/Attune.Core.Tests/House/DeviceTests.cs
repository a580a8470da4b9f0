using System.Text.RegularExpressions;

namespace Attune.House;

/// <summary>
/// What keeps code that was only run on a CPU honest about devices: in the folders below every tensor names its device when it is made, and
/// nothing reads a tensor's memory, except kernels, each of which has a plain twin.
/// </summary>
public sealed class DeviceTests
{
    private static readonly string[] Folders = ["Nn", "Models", "Tuning", "Objectives"];

    // Not after a dot, except torch's own: x.new_zeros and the like take the device of x.
    private static readonly Regex Factory = new(
        @"(?:(?<![\w.])|\btorch\.)(zeros|ones|empty|empty_strided|full|eye|arange|range|linspace|logspace|rand|randn|randint|randperm|normal|tensor|as_tensor|" +
        @"from_array|frombuffer|scalar_tensor|complex|sparse_coo_tensor|tril_indices|triu_indices|hann_window|hamming_window)\s*(?:<[\w.]+>)?\(");

    private static readonly Regex Reading = new(
        @"\.item\s*[<(]|(?<!\bConvert)\.To(?:Double|Single|Half|Boolean|Byte|SByte|Int16|Int32|Int64|Scalar)\(|\.cpu\(|\.to\(\s*(?:torch\.)?CPU|\.data\s*<|\.data_ptr|\.bytes\b|" +
        @"\bTensorPointer\b|\bTensorAccessor\b|\bReadCpu\w*\(|\bNativeMemory\b");

    private static IEnumerable<SourceFile> Guarded => SourceFile.All.Where(file => file.Project == "Attune" && Folders.Contains(file.Folder));

    [Fact]
    public void A_tensor_names_its_device_when_it_is_made() =>
        Assert.Equal("", string.Join('\n', Guarded.SelectMany(file => Nameless(file.Code).Select(call => $"{file}: {call}"))));

    [Fact]
    public void Only_kernels_touch_a_tensors_memory() =>
        Assert.Equal("", string.Join('\n', Guarded.Where(file => !IsKernel(file))
            .SelectMany(file => Reading.Matches(file.Code).Select(found => $"{file}: {found.Value}"))));

    [Fact]
    public void A_kernel_has_a_plain_twin_and_a_test_that_names_it()
    {
        string tests = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "tests", "Attune.Tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (var kernel in Guarded.Where(IsKernel))
        {
            string name = Path.GetFileNameWithoutExtension(kernel.Path);
            Assert.True(Guarded.Any(file => file.Folder == kernel.Folder && !IsKernel(file) && file.Code.Contains(name, StringComparison.Ordinal)),
                $"no plain file of {kernel.Folder}/ chooses between {name} and its twin");
            Assert.Contains(name, tests, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("var x = zeros(3, 4);")]
    [InlineData("var x = torch.arange(n, dtype: int64);")]
    [InlineData("f(tensor(new[] { 1f, 2f }), x.device)")]
    public void The_rule_sees_a_tensor_without_a_device(string code) => Assert.Single(Nameless(code));

    [Theory]
    [InlineData("var x = zeros([3, g(4)], device: y.device);")]
    [InlineData("var x = zeros_like(y) + y.new_zeros(3);")]
    public void The_rule_lets_these_pass(string code) => Assert.Empty(Nameless(code));

    [Theory]
    [InlineData("x.item<float>()")]
    [InlineData("x.sum().ToDouble()")]
    [InlineData("x.data<float>()[0]")]
    [InlineData("x.to(CPU)")]
    public void The_rule_sees_a_tensor_read(string code) => Assert.Matches(Reading, code);

    private static bool IsKernel(SourceFile file) => file.Path.EndsWith("Kernel.cs", StringComparison.Ordinal);

    private static IEnumerable<string> Nameless(string code) => Factory.Matches(code)
        .Select(found => found.Value + Arguments(code.AsSpan(found.Index + found.Length)))
        .Where(call => !call.Contains("device", StringComparison.OrdinalIgnoreCase));

    /// <summary>What stands between a call's parentheses, the closing one included.</summary>
    private static string Arguments(ReadOnlySpan<char> rest)
    {
        int depth = 1, end = 0;
        while (end < rest.Length && depth > 0)
        {
            depth += rest[end] switch { '(' => 1, ')' => -1, _ => 0 };
            end++;
        }

        return rest[..end].ToString();
    }
}
